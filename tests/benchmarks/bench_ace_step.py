"""Compares the ACE-Step engine with the plain pipeline, on the same device in the same run, with random weights.

    python tests/benchmarks/bench_ace_step.py --size 2b --device cuda --json 2b.json
    python tests/benchmarks/bench_ace_step.py --size xl --device cuda --seconds 240
    python tests/benchmarks/bench_ace_step.py --size 2b --device cuda --steps 50 --cfg 7
    python tests/benchmarks/bench_ace_step.py                       (tiny, on the CPU)

For each length: milliseconds of the engine's stages, of the whole job, and of the plain pipeline with the same
text, noise and steps; their ratio; the ratio to the device's floor; the peaks of its memory. Random weights take as
long as trained ones. Medians of `--runs`, after runs that are not counted. The text is encoded again in every
run; the engine caches the encoded text, so that a second variation skips that stage.

The floor is the time of the arithmetic alone: operations counted by torch over `--tflops`, or reading the weights
once a step at `--tbs`, whichever is longer. The defaults are an H200's in bfloat16.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.ace_step.conditions import Conditions
from engine.ace_step.decode import decode
from engine.ace_step.device_placement import DevicePlacement
from engine.ace_step.job import LATENTS_PER_SECOND, RenderJob
from engine.ace_step.load import fold_weight_norm, without_warnings
from engine.ace_step.memory_plans import MemoryPlan
from engine.ace_step.plan import BASE, TURBO, LoadPlan
from engine.ace_step.prompt import ConditionCache
from engine.ace_step.render import Rendered, Renderer, _Share
from engine.ace_step.results import to_generations
from engine.ace_step.sampling import SamplerSettings
from engine.ace_step.speed import Accelerator
from engine.contract import GenerationRequest
from engine.music import Key, Meter, TempoMap

WORDS = Conditions("dusty boom bap with a warm bass", "[Verse]\nmorning light", "en", 98, "E minor", "4")
CONDITION_TOKENS = 300
COUNTED_LATENTS = 50


def main() -> None:
    """Run the benchmark of the command line; print a table to stderr, and JSON to stdout or into a file."""
    options = _options()
    if options.threads:
        torch.set_num_threads(options.threads)
    pipe = _pipeline(options)
    plain = {seconds: _measure(options, lambda s=seconds: _plain(pipe, options, s)) for seconds in options.seconds}
    floors = {seconds: _floor_ms(pipe, options, seconds) for seconds in options.seconds}
    bench = EngineBench(pipe, options)
    rows = [_row(bench, seconds, plain[seconds], floors[seconds]) for seconds in options.seconds]
    shown = ("size", "dtype", "steps", "cfg", "tile", "runs")
    report = {name: getattr(options, name) for name in shown} | {"device": _device_name(options), "rows": rows}
    for row in rows:
        print("  ".join(f"{name}={value}" for name, value in row.items()), file=sys.stderr)
    text = json.dumps(report, indent=2)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    else:
        print(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=("tiny", "2b", "xl"), default="tiny")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default=None, help="default: bfloat16 on cuda, float32 elsewhere")
    parser.add_argument("--seconds", type=float, nargs="+", default=None, help="default: 30 60 240; tiny: 10 30")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--cfg", type=float, default=1.0, help="above 1: a base model with guidance")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--tile", type=int, default=512)
    parser.add_argument("--threads", type=int, default=1, help="of the CPU; 0 = torch's own choice")
    parser.add_argument("--no-compile", action="store_true", help="leave the blocks eager")
    parser.add_argument("--tflops", type=float, default=790.0)
    parser.add_argument("--tbs", type=float, default=4.3)
    parser.add_argument("--json", type=Path, default=None)
    options = parser.parse_args()
    options.dtype = options.dtype or ("bfloat16" if options.device.startswith("cuda") else "float32")
    options.seconds = options.seconds or ([10.0, 30.0] if options.size == "tiny" else [30.0, 60.0, 240.0])
    return options


def _pipeline(options: argparse.Namespace) -> Any:  # noqa: ANN401
    from tests.helpers.full_ace_step import random_pipeline
    from tests.helpers.tiny_ace_step import tiny_pipeline

    turbo = options.cfg == 1.0
    if options.size == "tiny":
        return tiny_pipeline(turbo=turbo).to(options.device)
    with without_warnings():
        return random_pipeline(options.size, options.device, options.dtype, turbo=turbo)


@dataclass(frozen=True)
class Measured:
    """Median milliseconds, and the peak of the device's memory in megabytes; 0 if it cannot be measured."""

    ms: float
    peak_mb: int


def _measure(options: argparse.Namespace, work: Callable[[], object]) -> Measured:
    """Time `work`: the first three runs are not counted, as compiling and recording happen in them."""
    on_cuda = options.device.startswith("cuda")
    for _ in range(3 if on_cuda else 1):
        work()
    if on_cuda:
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
    times = []
    for _ in range(options.runs):
        started = time.perf_counter()
        work()
        if on_cuda:
            torch.cuda.synchronize()
        times.append(1000 * (time.perf_counter() - started))
    peak = round(torch.cuda.max_memory_allocated() / 1e6) if on_cuda else 0
    return Measured(statistics.median(times), peak)


def _plain(pipe: Any, options: argparse.Namespace, seconds: float) -> object:  # noqa: ANN401
    """Run the pipeline as its documentation does, to an array on the CPU."""
    return pipe(
        prompt=WORDS.caption,
        lyrics=WORDS.lyrics,
        audio_duration=seconds,
        vocal_language=WORDS.language,
        num_inference_steps=options.steps,
        guidance_scale=options.cfg,
        shift=3.0,
        generator=torch.Generator("cpu").manual_seed(1),
        bpm=WORDS.bpm,
        keyscale=WORDS.keyscale,
        timesignature=WORDS.timesignature,
        output_type="np",
    ).audios


def _floor_ms(pipe: Any, options: argparse.Namespace, seconds: float) -> float:  # noqa: ANN401
    """Return the milliseconds of the sampler's and the decoder's arithmetic alone on the device."""
    from torch.utils.flop_counter import FlopCounterMode

    place = {"device": options.device, "dtype": getattr(torch, options.dtype)}
    frames = round(seconds * LATENTS_PER_SECOND)
    channels = pipe.transformer.config.audio_acoustic_hidden_dim
    batch = 2 if options.cfg > 1.0 else 1
    with torch.no_grad(), FlopCounterMode(display=False) as step:
        pipe.transformer(
            hidden_states=torch.zeros(batch, frames, channels, **place),
            timestep=torch.ones(batch, **place),
            timestep_r=torch.ones(batch, **place),
            encoder_hidden_states=torch.zeros(
                batch, CONDITION_TOKENS, pipe.condition_encoder.config.hidden_size, **place
            ),
            context_latents=torch.zeros(batch, frames, 2 * channels, **place),
            return_dict=False,
        )
    with torch.no_grad(), FlopCounterMode(display=False) as decoding:
        pipe.vae.decode(torch.zeros(1, channels, COUNTED_LATENTS, **place))
    weights = sum(part.numel() * part.element_size() for part in pipe.transformer.parameters())
    step_ms = max(step.get_total_flops() / options.tflops, weights / options.tbs) / 1e9
    decode_ms = decoding.get_total_flops() * frames / COUNTED_LATENTS / options.tflops / 1e9
    return options.steps * step_ms + decode_ms


class EngineBench:
    """The same pipeline as the engine runs it."""

    def __init__(self, pipe: Any, options: argparse.Namespace) -> None:  # noqa: ANN401
        fold_weight_norm(pipe.vae)
        plan = LoadPlan(
            options.size,
            Path(),
            "diffusers",
            TURBO if options.cfg == 1.0 else BASE,
            device=options.device,
            dtype=options.dtype,
            compile=options.device.startswith("cuda") and not options.no_compile,
        )
        self._options = options
        placement = DevicePlacement(pipe, options.device, "resident")
        way = MemoryPlan("resident", options.tile, 1, 0)
        self._renderer = Renderer(
            pipe, placement, way, lambda _share: None, Accelerator(pipe, plan), ConditionCache()
        )
        if plan.compile:
            self._renderer.accelerator._warm(threading.RLock())

    def job(self, seconds: float) -> RenderJob:
        """Return the same job as `_plain` runs."""
        sampling = SamplerSettings(self._options.steps, self._options.cfg, 3.0)
        return RenderJob("text2music", WORDS, sampling, seconds, 0.0, 98.0, (1,))

    def whole(self, seconds: float) -> Measured:
        """Measure the job from text to the engine's result."""
        job = self.job(seconds)

        def work() -> object:
            return to_generations(
                replace(self._renderer, condition_cache=ConditionCache()).render(job), job, _REQUEST, "model"
            )

        return _measure(self._options, work)

    def stages(self, seconds: float) -> dict[str, float]:
        """Return the milliseconds of each stage, measured separately."""
        job = self.job(seconds)
        share = _Share(lambda _share: None, 0.0, 1.0)

        def fresh() -> Renderer:
            return replace(self._renderer, condition_cache=ConditionCache())

        with torch.no_grad(), self._renderer.accelerator.on_users_path(hooked=False):
            text, _ = self._renderer._prompt(job, ())
            conditioning = self._renderer._conditioning(job, text, None, None)
            latents = self._renderer._denoise(job, conditioning, text, job.seeds, share)
            pipe, tile = self._renderer.pipe, self._options.tile
            audio = decode(pipe, latents, tile, lambda _share: None)
            work = {
                "words": lambda: fresh()._conditioning(job, text, None, None),
                "sampler": lambda: self._renderer._denoise(job, conditioning, text, job.seeds, share),
                "decoder": lambda: decode(pipe, latents, tile, lambda _share: None),
                "delivery": lambda: to_generations(Rendered((audio,), ()), job, _REQUEST, "model"),
            }
            return {name: _measure(self._options, stage).ms for name, stage in work.items()}


_REQUEST = GenerationRequest(
    "boom bap", Key("E", "minor"), Meter(4, 4), TempoMap.constant(98.0), Fraction(16), 48_000, 1
)


def _row(bench: EngineBench, seconds: float, plain: Measured, floor_ms: float) -> dict[str, object]:
    ours = bench.whole(seconds)
    return {
        "seconds": seconds,
        **{f"{name}_ms": round(value, 2) for name, value in bench.stages(seconds).items()},
        "ours_ms": round(ours.ms, 2),
        "plain_ms": round(plain.ms, 2),
        "plain_over_ours": round(plain.ms / ours.ms, 2),
        "floor_ms": round(floor_ms, 4),
        "ours_over_floor": round(ours.ms / floor_ms, 1),
        "ours_peak_mb": ours.peak_mb,
        "plain_peak_mb": plain.peak_mb,
    }


def _device_name(options: argparse.Namespace) -> str:
    import platform

    if options.device.startswith("cuda"):
        return torch.cuda.get_device_name(options.device)
    return f"{options.device} ({platform.machine()}, {torch.get_num_threads()} threads)"


if __name__ == "__main__":
    main()

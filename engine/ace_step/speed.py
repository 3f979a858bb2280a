"""Speeds up the sampler on CUDA: compiled blocks, recorded graphs, and a warm-up in the background.

An eager step of the 2B model is about three thousand small kernels, which the host launches more slowly than the GPU
runs them: at 30 s of music most of the time goes into launching. Compiled blocks are fewer kernels; a recorded graph
is one launch. Both fall back to eager execution, and the log says why.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import OrderedDict
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from engine.ace_step.attention import use_fused_attention
from engine.ace_step.graphs import RecordedForward
from engine.ace_step.plan import LoadPlan
from engine.errors import Cancelled

if TYPE_CHECKING:
    from engine.ace_step.denoise import Conditioning, Forward
    from engine.ace_step.pipeline import Pipeline

_log = logging.getLogger(__name__)
CACHE_VARIABLE = "TORCHINDUCTOR_CACHE_DIR"
MAX_GRAPHS = 2
"""The maximum number of recorded graphs; each keeps its activations on the device."""
_WARM_FRAMES = (250, 750)
"""Lengths of the warm-up in latent frames: 10 s and 30 s, two of them so that the length is compiled as variable."""
_WARM_TOKENS = 96


class Accelerator:
    """Speeds up one loaded model: compiles its blocks if its plan says `compile`, and records graphs on CUDA."""

    def __init__(self, pipe: Pipeline, plan: LoadPlan, backend: str = "inductor") -> None:
        self._pipe = pipe
        self._plan = plan
        self._seen: set[tuple[int, ...]] = set()
        self._graphs: OrderedDict[tuple[int, ...], RecordedForward] = OrderedDict()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._pending = [(frames, batch) for frames in _WARM_FRAMES for batch in (1, 2)]
        if plan.device.startswith("cuda"):
            use_fused_attention(pipe.transformer)
        self.compiled = plan.compile and self._compile(backend)

    def on_users_path(self, *, hooked: bool) -> AbstractContextManager[object]:
        """Return a context in which a shape that is not compiled yet runs eagerly, so that no job waits for it.

        Compiled blocks ignore hooks that were added later; if there are some (`hooked`), everything runs eagerly.
        """
        if not self.compiled:
            return nullcontext()
        import torch

        stance = "force_eager" if hooked else "eager_on_recompile"
        chosen: AbstractContextManager[object] = torch.compiler.set_stance(stance)
        return chosen

    def forget_graphs(self) -> None:
        """Free the memory of recorded graphs."""
        self._graphs.clear()
        self._seen.clear()

    def forward_for(self, conditioning: Conditioning, batch: int) -> Forward | None:
        """Return a recorded forward for these shapes from their second use on; None before, and off CUDA."""
        if not self._plan.device.startswith("cuda"):
            return None
        shape = (batch, *conditioning.states.shape, *conditioning.context.shape, conditioning.null is not None)
        if shape not in self._seen:
            self._seen.add(shape)
            return None
        if shape not in self._graphs:
            self._graphs[shape] = RecordedForward(self._pipe.transformer)
            while len(self._graphs) > MAX_GRAPHS:
                self._graphs.popitem(last=False)
        self._graphs.move_to_end(shape)
        return self._graphs[shape]

    def warm_up(self, lock: threading.RLock) -> None:
        """Compile in a background thread, which holds `lock` meanwhile, until `stop_warming`."""
        if not self.compiled or not self._pending or (self._thread is not None and self._thread.is_alive()):
            return
        self._stop.clear()
        self._thread = threading.Thread(target=self._warm, args=(lock,), name="ace-step-warm-up", daemon=True)
        self._thread.start()

    def stop_warming(self) -> None:
        """End the warm-up and wait until it has ended; harmless when there is none."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _compile(self, backend: str) -> bool:
        if self._plan.cache_dir is not None:
            os.environ.setdefault(CACHE_VARIABLE, str(self._plan.cache_dir))
        try:
            # diffusers 0.42 leaves this list empty, and refuses to compile what is not in it.
            type(self._pipe.transformer)._repeated_blocks = ["AceStepTransformerBlock"]
            self._pipe.transformer.compile_repeated_blocks(fullgraph=True, dynamic=True, backend=backend)
            self._pipe.vae.decoder.compile(dynamic=True, backend=backend)
        except Exception as error:
            _log.warning("ACE-Step runs eagerly: its blocks cannot be compiled (%s).", error)
            return False
        return True

    def _warm(self, lock: threading.RLock) -> None:
        while self._pending:
            with lock:
                if self._stop.is_set():
                    return
                try:
                    self._warm_once(*self._pending[0])
                except Cancelled:
                    return
                except Exception as error:
                    _log.warning("ACE-Step is not warmed up: a part of it does not compile (%s).", error)
                    self._pending.clear()
                    return
                self._pending.pop(0)

    def _warm_once(self, frames: int, batch: int) -> None:
        """Run two steps on zeros, and the decoder once."""
        import torch

        from engine.ace_step.decode import decode
        from engine.ace_step.denoise import Conditioning, denoise
        from engine.ace_step.sampling import SamplerSettings

        pipe = self._pipe
        device, dtype = pipe.transformer.device, pipe.transformer.dtype
        channels = pipe.transformer.config.audio_acoustic_hidden_dim
        encoded = pipe.condition_encoder.config.hidden_size
        with torch.no_grad():
            conditioning = Conditioning(
                torch.zeros(1, _WARM_TOKENS, encoded, device=device, dtype=dtype),
                None,
                torch.zeros(1, frames, 2 * channels, device=device, dtype=dtype),
            )
            noise = torch.zeros(batch, frames, channels, device=device, dtype=dtype)
            latents = denoise(pipe, conditioning, noise, SamplerSettings(2, 1.0, 1.0), self._check)
            decode(pipe, latents, frames, self._check)

    def _check(self, _done: float) -> None:
        if self._stop.is_set():
            raise Cancelled

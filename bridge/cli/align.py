"""`stembridge align`: puts the user's own audio on the tempo grid, as a take."""

from __future__ import annotations

import argparse
import signal
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

from bridge.cli.arguments import ALIGN_FLAGS, BLOCK_FLAGS
from bridge.cli.generate import overlay_flags, read_maps, report_progress
from bridge.cli.main import WrongUse
from bridge.cli.out_folder import free_folder
from bridge.cli.output import print_json
from bridge.request.block import defaults
from bridge.request.meters import said_meters
from bridge.takes.take import MANIFEST
from engine.errors import InvalidValue
from engine.music import Meter, MeterMap, TempoMap
from engine.music.tempo import check_bpm


def run(options: argparse.Namespace) -> int:
    """Align the files, print the take's folder and the alignment error; return 0."""
    from bridge.jobs.worker.align_files import PLOT, AlignOrder, align_files

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that SIGTERM too leaves nothing half-written
    if not 0 <= options.start_beat <= 1e6:
        raise InvalidValue("--start-beat", options.start_beat, "0–1000000 quarter-note beats")
    out = free_folder(options.out, (MANIFEST, PLOT) if options.plot else (MANIFEST,), for_stems=False)
    block, keeps_rate = _block(options), options.block_sample_rate is None
    tempo_map = TempoMap.parse(block["tempo_map"]) if block["tempo_map"] else TempoMap.constant(float(block["tempo"]))
    source_bpm = options.source_tempo
    meters, bars = said_meters(block) or MeterMap.constant(Meter(4, 4)), Fraction(block["bars"])
    meters = meters.until(meters.beats(bars))
    order = AlignOrder(
        files=tuple(Path(file) for file in options.files),
        block=block,
        tempo_map=tempo_map,
        meter=meters.first,
        bars=bars,
        source_bpm=None if source_bpm is None else check_bpm(source_bpm, "--source-tempo"),
        sample_rate=None if keeps_rate else int(block["sample_rate"]),
        start_beat=options.start_beat,
        one_shot=options.one_shot,
        plot=options.plot,
        meter_map=None if meters.is_constant else meters,
    )
    manifest = align_files(order, Path(out), report_progress)
    _print_result(manifest, options.json)
    return 0


def _block(options: argparse.Namespace) -> dict[str, Any]:
    """Return the flags' values, checked by the table of the parameter block, over its defaults."""
    keys = [BLOCK_FLAGS[flag][0] for flag in ALIGN_FLAGS]
    given = {key: value for key in keys if (value := getattr(options, f"block_{key}")) is not None}
    values = overlay_flags({}, given | read_maps(options))
    if not values.get("tempo") and not values.get("tempo_map"):
        raise WrongUse("Say the tempo of your project with --tempo BPM, or its changes with --tempo-map FILE.")
    if not values.get("bars"):
        raise WrongUse("Say how many bars the take has: --bars N.")
    used = {"bit_depth", "pitch_shift", "time_signature", "sample_rate", "tempo_map", "meter_map", "tempo", "bars"}
    block = {key: value for key, value in defaults().items() if key in used}
    meters = said_meters(values) or MeterMap.constant(Meter(4, 4))
    return {**block, **values, "time_signature": str(meters.first)}


def _print_result(manifest: dict[str, Any], as_json: bool) -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if as_json:
        print_json(manifest)
        return
    names = ", ".join(stem["name"] for stem in manifest["stems"])
    length_s = manifest["frames"] / manifest["sample_rate"]
    folder = Path(manifest["manifest"]).parent
    print(f"{folder}: {names} ({length_s:.3f} s), {error_line(manifest['alignment'])}")
    for notice in manifest["notices"]:
        print(f"  {notice}")


def error_line(alignment: dict[str, Any]) -> str:
    """Return a manifest's alignment report as one line of text."""
    if alignment["error_ms_median"] is None:
        return str(alignment["verdict"])
    line = f"{alignment['verdict']}: error {alignment['error_ms_median']:.1f} ms median, "
    line += f"{alignment['error_ms_p95']:.1f} ms p95"
    if alignment["downbeat_offset_ms"] is not None:
        line += f", first downbeat {alignment['downbeat_offset_ms']:+.1f} ms"
    if alignment["tempo_before"] and alignment["tempo_measured"]:
        line += f", {alignment['tempo_before']:.2f} → {alignment['tempo_measured']:.2f} BPM"
    return line

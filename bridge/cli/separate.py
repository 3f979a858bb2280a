"""`stembridge separate`: splits a mix into stems."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bridge.cli.ask import can_ask
from bridge.cli.elsewhere import hand_over
from bridge.cli.generate import free_folder, overlay_flags, report_progress
from bridge.cli.models import fetch_model
from bridge.cli.offer_engine import ensure_engine
from bridge.cli.output import print_json
from bridge.home.folders import Folders
from bridge.request.block import defaults
from engine.errors import InvalidValue, StemBridgeError
from engine.models.catalogue import find_entry
from engine.models.installed_models import ModelStore, installed_entries, not_installed
from engine.optional_libraries import SEPARATE_PACKAGES

MAX_GAIN_DB = 60.0


def run(options: argparse.Namespace) -> int:
    """Separate the file and print the stems' folder; return 0."""
    gains_db = parse_gains(options.gain)
    if not Path(options.file).is_file():
        raise InvalidValue("audio file", options.file, "a file that exists")
    ensure_engine("Splitting a mix", SEPARATE_PACKAGES, options.yes)
    if (code := hand_over(options.words)) is not None:
        return code
    from bridge.jobs.worker.separate_file import REPORT, SeparateOrder, separate_file
    from engine.separate import Separator

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that SIGTERM too leaves nothing half-written
    depth = options.block_bit_depth
    bit_depth: Any = overlay_flags(defaults(), {} if depth is None else {"bit_depth": depth})["bit_depth"]
    out = Path(free_folder(options.out, (REPORT,)))
    store = ModelStore(Folders.of_user().models)
    ensure_separator(options.model, store, options.yes)
    separator = Separator(store.folder)
    order = SeparateOrder(Path(options.file), options.model, bit_depth, gains_db)
    report = separate_file(order, separator, out, report_progress)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if options.json:
        print_json(report)
    else:
        names = ", ".join(stem["name"] for stem in report["stems"])
        length_s = report["frames"] / report["sample_rate"]
        print(f"{out}: {names} ({length_s:.3f} s, {report['model']}), sum within {report['stem_sum_error_db']} dBFS")
    return 0


def ensure_separator(name: str, store: ModelStore, yes: bool) -> None:
    """Make sure that the model `name` is installed, or else any that separates; offer to fetch it if it is not.

    Raises
    ------
    EngineUnavailable
        If there is no terminal to ask on.
    StemBridgeError
        If the user declines, or it cannot be fetched.
    """
    if store.find(name) if name else installed_entries(store.folder, "separator"):
        return
    from engine.separate.separator import DEFAULT_MODEL

    entry = find_entry(name or DEFAULT_MODEL, store.folder)
    if entry.kind != "separator":
        return  # the separator itself refuses it
    if not yes and not can_ask():
        raise not_installed(entry.name)
    print(f"Splitting a mix needs the model {entry.name}, which is not here yet.", file=sys.stderr)
    if fetch_model(entry, store, yes) is None:
        raise StemBridgeError(f"Nothing was fetched. To do so later: stembridge models download {entry.name}")


def parse_gains(texts: Sequence[str]) -> dict[str, float]:
    """Return gains in dB by stem from texts like `vocals=-6`.

    Raises
    ------
    InvalidValue
        If a text has another form, or a gain is not −60–60 dB.
    """
    gains_db = {}
    for text in texts:
        name, sign, value = text.partition("=")
        try:
            gain_db = float(value.replace("−", "-"))
        except ValueError:
            gain_db = float("nan")
        if not (name and sign and abs(gain_db) <= MAX_GAIN_DB):
            raise InvalidValue("--gain", text, f"like vocals=-6, up to {MAX_GAIN_DB:g} dB either way")
        gains_db[name] = gain_db
    return gains_db

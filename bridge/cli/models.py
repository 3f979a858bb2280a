"""`stembridge models`: lists, downloads, verifies and removes neural models."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from pathlib import Path

from bridge.cli.ask import confirm, resumable
from bridge.cli.elsewhere import hand_over
from bridge.cli.main import DONE, FAILED
from bridge.cli.offer_engine import ensure_engine
from bridge.cli.output import print_json
from bridge.home.folders import Folders
from engine.models.catalogue import ModelEntry, find_entry, read_catalogue
from engine.models.installed_models import InstalledModel, ModelStore
from engine.optional_libraries import FETCH_PACKAGES, missing_here

REPORT_EVERY_S = 2.0
PROBE = ("torch", "psutil")
"""What looks at this machine, to choose a model for it."""


def run(options: argparse.Namespace) -> int:
    """Run one action; return 0, 1 if a model is damaged or the user declines, or 130 if interrupted."""
    store = ModelStore(Folders.of_user().models)
    actions = {"list": _list, "download": _download, "verify": _verify, "remove": _remove}
    return resumable(lambda: actions[options.action](options, store))


def _list(options: argparse.Namespace, store: ModelStore) -> int:
    known = read_catalogue(store.folder)
    entries = [find_entry(options.name, store.folder)] if options.name else list(known.values())
    if options.json:
        models = [_document(entry, store) for entry in entries]
        print_json({"folder": str(store.folder), "models": models})
        return DONE
    for entry in entries:
        print(f"{entry.name:18} {entry.size_bytes / 1e9:5.1f} GB  {entry.licence:10} {_state(entry, store)}")
        print(f"{'':18} {entry.label}; {', '.join(entry.tasks) or 'stems'}; {entry.repository}")
    print(f"Models are kept in {store.folder}", file=sys.stderr)
    return DONE


def _state(entry: ModelEntry, store: ModelStore) -> str:
    if store.find(entry.name):
        return "installed"
    begun = store.partial_bytes(entry.name)
    return f"{begun / 1e9:.1f} GB of it here" if begun else "not installed"


def _document(entry: ModelEntry, store: ModelStore) -> dict[str, object]:
    installed = store.find(entry.name)
    return {
        "name": entry.name,
        "label": entry.label,
        "kind": entry.kind,
        "repository": entry.repository,
        "size_bytes": entry.size_bytes,
        "licence": entry.licence,
        "tasks": list(entry.tasks),
        "partial_bytes": store.partial_bytes(entry.name),
        "installed": _installed_document(installed) if installed else None,
    }


def _installed_document(model: InstalledModel) -> dict[str, object]:
    return {
        "folder": str(model.folder),
        "size_bytes": model.size_bytes,
        "licence": model.licence,
        "origin": model.origin,
        "commit": model.commit,
        "installed": model.installed,
    }


def _download(options: argparse.Namespace, store: ModelStore) -> int:
    needed = FETCH_PACKAGES
    if options.name:
        find_entry(options.name, store.folder)  # a wrong name is said before anything is installed
    else:
        needed += PROBE
    ensure_engine("Fetching a neural model", needed, options.yes)
    if missing_here(FETCH_PACKAGES) and (code := hand_over(options.words)) is not None:
        return code
    entry = find_entry(options.name or _recommended(store), store.folder)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that SIGTERM too keeps what has arrived
    installed = _adopt(entry, options, store) if options.source else fetch_model(entry, store, options.yes)
    if installed is None:
        print("stembridge: nothing was fetched.", file=sys.stderr)
        return FAILED
    if options.json:
        print_json({"name": entry.name, **_installed_document(installed)})
    else:
        print(f"{entry.name} is installed: {installed.folder} ({installed.size_bytes / 1e9:.2f} GB)")
    return DONE


def _recommended(store: ModelStore) -> str:
    """Return the model that suits this machine, and print the reason on standard error."""
    from engine.hardware import recommend_model
    from engine.hardware.probe import probe_in_subprocess

    choice = recommend_model(probe_in_subprocess(), read_catalogue(store.folder).values())
    print(choice.reason, file=sys.stderr)
    return choice.model


def fetch_model(entry: ModelEntry, store: ModelStore, yes: bool) -> InstalledModel | None:
    """Print the size and licence, ask, and download; None if the user declines."""
    from engine.models.download import check_disk, download, offer

    offered = offer(entry, store)
    kept = offered.size_bytes - offered.missing_bytes
    rest = f", {kept / 1e9:.2f} GB of it here already" if kept else ""
    print(
        f"{entry.label} from {offered.remote.endpoint}/{entry.repository} at {offered.remote.commit[:12]}: "
        f"{offered.size_bytes / 1e9:.2f} GB{rest}, licence {offered.licence}.",
        file=sys.stderr,
    )
    check_disk(store.folder, offered.missing_bytes)
    if not confirm("Go on?", yes):
        return None
    meter = _ByteMeter(offered.size_bytes)
    try:
        return download(offered, store, lambda progress: meter.show(progress.done_bytes, progress.rate))
    finally:
        meter.end()


def _adopt(entry: ModelEntry, options: argparse.Namespace, store: ModelStore) -> InstalledModel | None:
    from engine.models.adopt import adopt, find_files

    source = Path(options.source).absolute()
    total = sum(find_files(entry, source).values())
    print(f"{entry.label} from {source}: {total / 1e9:.2f} GB, licence {entry.licence}.", file=sys.stderr)
    if not confirm("Go on?", options.yes):
        return None
    meter = _ByteMeter(total)
    try:
        return adopt(entry, source, store, meter.add)
    finally:
        meter.end()


def _verify(options: argparse.Namespace, store: ModelStore) -> int:
    from engine.models.verify import verify

    if missing_here(FETCH_PACKAGES) and (code := hand_over(options.words)) is not None:
        return code
    known = read_catalogue(store.folder)
    named = [find_entry(options.name, store.folder).name] if options.name else []
    names = named or [name for name in known if store.find(name)]
    faults: dict[str, list[str]] = {}
    for name in names:
        model = store.get(name)
        meter = _ByteMeter(model.size_bytes)
        faults[name] = verify(model, known[name], meter.add)
        meter.end()
    if options.json:
        print_json({"faults": faults})
    elif not names:
        print("No model is installed, so there is nothing to check.")
    else:
        for name in names:
            print(f"{name}: {'all files are as they should be' if not faults[name] else 'damaged'}")
    for fault in (fault for found in faults.values() for fault in found):
        print(f"stembridge: {fault}", file=sys.stderr)
    return FAILED if any(faults.values()) else DONE


def _remove(options: argparse.Namespace, store: ModelStore) -> int:
    freed = store.remove(options.name)
    if options.json:
        print_json({"name": options.name, "freed_bytes": freed})
    else:
        print(f"{options.name} is deleted; {freed / 1e9:.2f} GB are free again.")
    return DONE


class _ByteMeter:
    """Prints progress on standard error: on a terminal one line that is rewritten, else a line every few seconds."""

    def __init__(self, total_bytes: int) -> None:
        self._total, self._done = total_bytes, 0
        self._shown_s = time.monotonic()
        self._is_terminal = sys.stderr.isatty()

    def add(self, count: int) -> None:
        self.show(self._done + count)

    def show(self, done_bytes: int, rate: float = 0.0) -> None:
        self._done = done_bytes
        now = time.monotonic()
        if now - self._shown_s < (0.1 if self._is_terminal else REPORT_EVERY_S):
            return
        self._shown_s = now
        share = done_bytes / self._total if self._total else 1.0
        line = f"{share:4.0%} {done_bytes / 1e9:.2f} of {self._total / 1e9:.2f} GB"
        line += f", {rate / 1e6:.1f} MB/s" if rate else ""
        print(f"\r{line}   " if self._is_terminal else line, end="" if self._is_terminal else "\n", file=sys.stderr)
        sys.stderr.flush()

    def end(self) -> None:
        if self._is_terminal:
            print(file=sys.stderr)

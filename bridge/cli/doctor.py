"""`stembridge doctor`: checks what the companion needs, and names the remedy for what is missing."""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bridge import __version__
from bridge.cli.output import print_json
from bridge.doors.link.ask import is_installed, obstacle
from bridge.doors.midi.map_on_disk import MapOnDisk
from bridge.doors.midi.ports import Ports
from bridge.home.folders import Folders
from bridge.home.running_companion import find_companion
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.presets.presets import Presets
from bridge.settings import SettingsFile
from bridge.settings.remote_address import remote_address
from bridge.takes.layout import nearest_folder
from bridge.upkeep.engine_env.hardware import detect_hardware
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.state import look_at
from bridge.upkeep.updates import find_outdated
from engine.errors import EngineUnavailable, ModelFault, StemBridgeError
from engine.hardware import Device, choose_model, recommend_model
from engine.hardware.probe import probe_in_subprocess
from engine.models.catalogue import read_catalogue
from engine.models.installed_models import ModelStore, installed_entries
from engine.models.verify import quick_check
from engine.optional_libraries import missing_packages
from engine.registry import choose

MIN_FREE_GB = 1.0
_NO_COMPANION = "none is running; `stembridge serve` starts one"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check: `status` is "ok", "note" (Stem Bridge works without it) or "bad"."""

    what: str
    status: str
    detail: str


def run(options: argparse.Namespace) -> int:
    """Print the findings; return 0 if nothing is bad, else 1."""
    folders = Folders.of_user()
    findings = [finding for check in _CHECKS for finding in check(folders)]
    if options.json:
        print_json({"version": __version__, "findings": [asdict(f) for f in findings]})
    else:
        for finding in findings:
            print(f"{finding.status:5} {finding.what:14} {finding.detail}")
    return 1 if any(finding.status == "bad" for finding in findings) else 0


def _python(_: Folders) -> list[Finding]:
    system = f"{platform.system()} {platform.release()}, {platform.machine()}"
    return [Finding("Python", "ok", f"{platform.python_version()} ({sys.executable}), {system}")]


def _libraries(_: Folders) -> list[Finding]:
    try:
        import numpy as np
        import scipy
        import soundfile
    except (ImportError, OSError) as error:
        return [Finding("libraries", "bad", f"{error}; install Stem Bridge again with pip")]
    versions = f"numpy {np.__version__}, scipy {scipy.__version__}, libsndfile {soundfile.__libsndfile_version__}"
    return [Finding("libraries", "ok", versions)]


def _engines(folders: Folders) -> list[Finding]:
    info = choose("auto", folders.models)
    findings = [Finding("engine", "ok", f"makes the music unless you choose another: {info.label}")]
    try:
        choose("ace-step", folders.models)
    except EngineUnavailable as error:
        findings.append(Finding("ace-step", "note", str(error)))
    return findings


def _remote(folders: Folders) -> list[Finding]:
    """Check that the companion of the engine “remote” answers, if one is set."""
    from engine.remote.client import RemoteCompanion

    try:
        address = remote_address(folders)
        if address is None:
            return []
        with RemoteCompanion(address) as companion:
            health = companion.health()
        waiting = f"{health['unfinished_jobs']} jobs there"
        return [Finding("remote", "ok", f"{address.url}: version {health['version']}, {health['engine']}, {waiting}")]
    except StemBridgeError as error:
        return [Finding("remote", "note", str(error))]


def _environment(folders: Folders) -> list[Finding]:
    """Check the engine environment, if an installation of one was ever begun."""
    place = Location(folders.engine)
    if not place.root.exists():
        return []
    state = look_at(place, detect_hardware())
    help_ = f" This helps: stembridge engine {state.to_do}" if state.to_do else ""
    return [Finding("environment", "note" if state.to_do else "ok", state.sentence + help_)]


def _models(folders: Folders) -> list[Finding]:
    """Report the device, the model that suits it, and damaged models; torch is asked in another process."""
    if missing_packages():
        return []  # `_engines` has reported how to install them
    try:
        device = probe_in_subprocess()
        findings = [Finding("device", "ok", str(device))]
        return findings + _suitable(device, folders) + _damaged(folders)
    except StemBridgeError as error:
        return [Finding("device", "note", str(error))]


def _suitable(device: Device, folders: Folders) -> list[Finding]:
    """Report the installed model to use on the device, else the one to download."""
    installed = installed_entries(folders.models)
    try:
        if installed:
            choice = choose_model(device, installed)
            return [Finding("model", "ok", f"{choice.model}. {choice.reason}")]
        choice = recommend_model(device, read_catalogue(folders.models).values())
        fetch = f"this fetches it: stembridge models download {choice.model}"
        return [Finding("model", "note", f"none is installed; for this device {choice.model}; {fetch}")]
    except EngineUnavailable as error:
        return [Finding("model", "note", str(error))]


def _damaged(folders: Folders) -> list[Finding]:
    """Check the file sizes of all installed models; only `models verify` reads the files."""
    store = ModelStore(folders.models)
    findings = []
    for name in read_catalogue(folders.models):
        try:
            if model := store.find(name):
                quick_check(model)
        except ModelFault as error:
            findings.append(Finding("model", "bad", str(error)))
    return findings


def _own_folders(folders: Folders) -> list[Finding]:
    findings = []
    for what, folder in (("data folder", folders.data), ("config folder", folders.config)):
        there = nearest_folder(folder)
        free_gb = shutil.disk_usage(there).free / 1e9
        writable = _can_write(there)
        status = "bad" if not writable else "note" if free_gb < MIN_FREE_GB else "ok"
        findings.append(
            Finding(what, status, f"{folder} ({free_gb:.1f} GB free{'' if writable else ', not writable'})")
        )
    return findings


def _user_files(folders: Folders) -> list[Finding]:
    problem = GenreMap(folders.genre_map).problem()
    findings = [Finding("genre map", "note" if problem else "ok", problem or str(folders.genre_map))]
    problems = Presets(folders.presets).problems()
    findings += [Finding("preset", "note", sentence) for sentence in problems]
    return findings


def _midi(folders: Folders) -> list[Finding]:
    map_file = MapOnDisk(folders.midi_map)
    ports = Ports(lambda *_: None)
    ports.rescan(replace(map_file.current(), inputs=(), outputs=(), virtual_port=False))
    names = ", ".join(ports.available_inputs) or "no port of another program or device is there"
    findings = [Finding("MIDI", "note" if ports.trouble else "ok", ports.trouble or names)]
    ports.close()
    problem = map_file.problem()
    return findings + ([Finding("MIDI map", "note", problem)] if problem else []) + _link(folders)


def _link(folders: Folders) -> list[Finding]:
    is_on = SettingsFile(folders.settings)["link"]
    if not is_on and not is_installed():
        return []
    if problem := obstacle():
        return [Finding("Ableton Link", "note", f"the setting link is on; {problem}" if is_on else problem)]
    detail = "on: pads read it where no MIDI clock is heard" if is_on else "installed; the setting link turns it on"
    return [Finding("Ableton Link", "ok", detail)]


def _outdated(folders: Folders) -> list[Finding]:
    outdated = find_outdated(folders)
    repair = "`stembridge update` brings it up to date"
    return [Finding("update", "note", f"{one.sentence} {repair}") for one in outdated]


def _companion(folders: Folders) -> list[Finding]:
    found = find_companion(folders)
    if found is not None:
        where = f"OSC {found.osc_port}, HTTP {found.http_port}, process {found.pid}"
        return [Finding("companion", "ok", f"{where} ({folders.companion_file})")]
    if not folders.companion_file.exists():
        return [Finding("companion", "note", _NO_COMPANION)]
    killed = f"{folders.companion_file} is of one that was killed, the next one replaces it"
    return [Finding("companion", "note", f"{_NO_COMPANION} ({killed})")]


def _can_write(folder: Path) -> bool:
    import tempfile

    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


_CHECKS: tuple[Callable[[Folders], list[Finding]], ...] = (
    _python,
    _libraries,
    _engines,
    _remote,
    _environment,
    _models,
    _own_folders,
    _user_files,
    _midi,
    _outdated,
    _companion,
)

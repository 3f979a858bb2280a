"""`stembridge generate`: one generation in this process, without a companion."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from bridge.cli.arguments import BLOCK_FLAGS
from bridge.cli.ask_style import with_style
from bridge.cli.elsewhere import hand_over
from bridge.cli.main import WrongUse
from bridge.cli.out_folder import free_folder
from bridge.cli.output import print_json
from bridge.home.folders import Folders
from bridge.jobs.job import new_job_id
from bridge.jobs.worker.take_paths import TakePaths
from bridge.request.block import RESET, InvalidBlock, check_block, coerce_text, overlay, parse_json_block
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.presets.presets import Presets
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from bridge.request.style_homes import StyleHomes
from bridge.request.trigger import Trigger
from bridge.settings.remote_address import remote_address
from bridge.takes.manifest import read_manifest
from bridge.takes.rpp import FILE as RPP
from bridge.takes.rpp import write_rpp
from bridge.takes.take import MANIFEST
from engine.contract import Phase
from engine.errors import InvalidValue
from engine.registry import LIGHT
from engine.remote.address import RemoteAddress

MAP_FLAGS = {"tempo_map": "--tempo-map", "meter_map": "--meter-map"}
"""Key of the parameter block → the flag that names a JSON file with its value."""
FLAG_OF_KEY = {key: flag for flag, (key, _, _) in BLOCK_FLAGS.items()} | MAP_FLAGS
"""Key of the parameter block → the flag, which is the name that its user knows it by."""

MAX_TEXT_BYTES = 1_000_000
DEFAULTS = {"output_seconds": 60}
"""The length where neither bars nor seconds are given."""
_JSON_FILE = "a JSON file"
_TEXT_SUFFIXES = (".txt", ".lrc", ".md", ".text", ".rtf", ".doc", ".docx", ".odt", ".pdf")


def run(options: argparse.Namespace) -> int:
    """Generate and print the take's folder; return 0."""
    from bridge.jobs.worker.run_job import JobRunner

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that SIGTERM too leaves nothing half-written
    folders = Folders.of_user()

    def find_remote() -> RemoteAddress | None:
        return remote_address(folders)

    presets = Presets(folders.presets)
    homes = StyleHomes(folders.styles)
    resolver = Resolver(presets, GenreMap(folders.genre_map), folders.models, find_remote, homes)
    if not 0 <= options.start_beat <= 1e6:
        raise InvalidValue("--start-beat", options.start_beat, "0–1000000 quarter-note beats")
    out = free_folder(options.out, (MANIFEST, RPP) if options.rpp else (MANIFEST,))
    state = SessionState(project=_project(options.project))
    block = with_style(_block(options), presets)
    whole_bars = not options.exact_seconds
    trigger = Trigger(block, options.start_beat, whole_bars=whole_bars, into=out, defaults=DEFAULTS)
    spec = resolver.resolve(trigger, state)
    if spec.engine not in LIGHT and (code := hand_over(options.words)) is not None:
        return code
    plan = TakePaths.of(new_job_id(), time.time(), spec, folders.takes)
    finished = JobRunner(folders.models, folders.styles, find_remote).perform(spec, plan, report_progress)
    if options.rpp:
        for manifest in finished.manifests:
            write_rpp(manifest)
    _print_takes(finished.manifests, options.json)
    return 0


def _project(text: str | None) -> Path | None:
    """Return the folder whose Live set supplies tempo, meter and key; the take goes to `--out` all the same."""
    if text is None:
        return None
    folder = Path(text).absolute()
    if not folder.is_dir():
        raise InvalidValue("--project", text, "a folder that exists")
    return folder


def _block(options: argparse.Namespace) -> dict[str, object]:
    """Return the block of `--params` with the flags' values over it."""
    block: dict[str, object] = {}
    if options.params:
        block = check_block(parse_json_block(read_file(options.params, "--params", _JSON_FILE)))
    given = {
        key: value for key, _, _ in BLOCK_FLAGS.values() if (value := getattr(options, f"block_{key}")) is not None
    }
    if "bars" in given and "output_seconds" in given:
        raise WrongUse("Say the length with --bars or with --seconds, not with both.")
    if "tempo" in given:
        block.pop("tempo_map", None)
    if "lyrics" in given:
        given["lyrics"] = _lyrics(given["lyrics"])
    return overlay_flags(block, given | read_maps(options))


def read_maps(options: argparse.Namespace) -> dict[str, str]:
    """Return the texts of the files that `--tempo-map` and `--meter-map` name, by key of the block."""
    files = {key: (flag, getattr(options, key)) for key, flag in MAP_FLAGS.items()}
    return {
        key: read_file(file, flag, _JSON_FILE).decode("utf-8", "replace")
        for key, (flag, file) in files.items()
        if file
    }


def overlay_flags(block: Mapping[str, object], given: Mapping[str, str]) -> dict[str, object]:
    """Return the block with the flags' texts over it, as checked values.

    Raises
    ------
    InvalidBlock
        If any of them are not allowed; it names all of these.
    """
    values: dict[str, object] = {}
    faults = []
    for key, text in given.items():
        try:
            values[key] = coerce_text(key, text)
        except InvalidValue as error:
            faults.append(InvalidValue(FLAG_OF_KEY[key], error.given, error.allowed))
    if faults:
        raise InvalidBlock(faults)
    merged = overlay(block, values)
    return {key: value for key, value in merged.items() if value is not RESET}


def _lyrics(text: str) -> str:
    """Return the content of the file `text`, or `text` itself if it is the words.

    Raises
    ------
    InvalidValue
        If it is the name of a file that does not exist, or no text can be read from it.
    """
    try:
        is_file = "\n" not in text and Path(text).is_file()
    except (OSError, ValueError):
        is_file = False
    if not is_file:
        if looks_like_a_path(text):
            raise InvalidValue("--lyrics", text, "a text file that exists, or the words themselves")
        return text
    try:
        return read_file(text, "--lyrics").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidValue("--lyrics", text, "a text file in UTF-8") from None


def looks_like_a_path(text: str) -> bool:
    """Return whether somebody who wrote `text` meant a file: `song.txt`, `lyrics/verse`, `~/song`."""
    text = text.strip()
    if not text or "\n" in text or text.startswith("["):
        return False
    is_one_word = not any(char.isspace() for char in text)
    starts_as_one = text.startswith(("~", "./", "../", "/", ".\\", "..\\")) or text[1:3] == ":\\"
    return text.lower().endswith(_TEXT_SUFFIXES) or starts_as_one or (is_one_word and bool(set("/\\") & set(text)))


def read_file(path: str, name: str = "file", kind: str = "a file") -> bytes:
    """Return the content of a file named on the command line; of a large one only the first 1,000,001 bytes.

    Raises
    ------
    InvalidValue
        If it cannot be read; the sentence has the `name` of the flag and the `kind` of file.
    """
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_TEXT_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        if path.lstrip().startswith(("{", "[")):
            reason = "not the JSON itself: put it into a file"
        raise InvalidValue(name, path, f"{kind} that can be read ({reason})") from None


def report_progress(phase: Phase, fraction: float) -> None:
    """Print phase and percentage on standard error if it is a terminal."""
    if sys.stderr.isatty():
        print(f"\r{phase} {fraction:4.0%}  ", end="", file=sys.stderr, flush=True)


def _print_takes(manifests: list[Path], as_json: bool) -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)
    first = read_manifest(manifests[0])
    if as_json:
        paths = [str(path) for path in manifests]
        print_json({**first, "manifest": paths[0], "manifests": paths})
        return
    for path in manifests:
        manifest = read_manifest(path)
        names = ", ".join(stem["name"] for stem in manifest["stems"])
        length_s = manifest["frames"] / manifest["sample_rate"]
        print(f"{path.parent}: {names} ({length_s:.3f} s, seed {manifest['params']['seed']})")
    for notice in first["notices"]:
        print(f"  {notice}")

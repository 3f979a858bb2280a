"""Downloads the takes of a job that another companion has run: all files, or none on an error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bridge.takes.manifest import file_names, read_manifest
from bridge.takes.staging import Staging, check_free, clear_errors
from bridge.takes.take import MANIFEST
from engine.remote.client import RemoteCompanion


def fetch_takes(companion: RemoteCompanion, result: Mapping[str, Any], folder: Path) -> list[Path]:
    """Put the takes of `result` into `folder`: the files of a single one directly, several in folders `1`, `2`, …

    Return the paths of the manifests.

    Raises
    ------
    InvalidValue
        If a take or file of that name exists already.
    StemBridgeError
        If something cannot be downloaded or written, or differs from the manifest's digest.
    """
    files: list[dict[str, str]] = [take["files"] for take in result["takes"]]
    single = len(files) == 1
    names = ["take"] if single else [str(number) for number in range(1, len(files) + 1)]
    targets = [folder if single else folder / name for name in names]
    for target, urls in zip(targets, files, strict=True):
        for name in urls:
            check_free(target / Path(name).name)
    with clear_errors(folder, 0), Staging(folder, names, into_folder=single) as staging:
        for path, urls in zip(staging.paths, files, strict=True):
            _fetch(companion, urls, path)
        staging.publish()
    return [target / MANIFEST for target in targets]


def _fetch(companion: RemoteCompanion, urls: Mapping[str, str], folder: Path) -> None:
    companion.download(urls[MANIFEST], folder / MANIFEST)
    manifest = read_manifest(folder / MANIFEST)  # also checks that its file names stay inside the folder
    if others := manifest.pop("variations", None):
        manifest["variations"] = [f"../{number}/{MANIFEST}" for number in range(1, len(others) + 1)]
        (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    digests = {entry["file"]: entry["sha256"] for entry in (manifest["mix"], *manifest["stems"])}
    for name in file_names(manifest):
        companion.download(urls[name], folder / name, digests.get(name, ""))

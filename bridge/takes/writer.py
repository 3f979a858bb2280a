"""Writes finished takes: all of them complete, or none.

numpy and scipy are imported with the first take; the worker process imports `bridge.takes.files` earlier, so that the
first take does not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.takes.staging import (
    Staging,
    check_free,
    check_space,
    clear_errors,
    discard_staging,
    staging_path,
)
from bridge.takes.take import MANIFEST, Take
from bridge.takes.take_file_names import TakeFileNames
from engine.errors import InvalidValue

if TYPE_CHECKING:
    from bridge.takes.files import PreparedTake

__all__ = ["Take", "discard_staging", "staging_path", "write_into", "write_takes"]

ReportFraction = Callable[[float], None]
"""Callback with the fraction done, 0–1; may raise `Cancelled`. Never called once the takes are in place."""


def write_takes(takes: Sequence[Take], folder: Path, report: ReportFraction | None = None) -> list[Path]:
    """Write the takes of one job to `folder/<folder_name>/` each, and return the paths of their manifests.

    Parameters
    ----------
    takes
        One, or several variations; their manifests name each other.
    folder
        The takes' folder, from `layout.takes_folder`; created if missing. Until all takes are complete they are in
        `staging_path(folder, take.folder_name)`.
    report
        Called after every file.

    Raises
    ------
    InvalidValue
        If a name exists already: nothing is ever overwritten.
    StemBridgeError
        If the disk is full, the folder cannot be written to, audio has the wrong length or is too long for a WAV.
    Cancelled
        Out of `report`.

    On any error nothing is left, not even parent folders that were created.
    """
    variations = [f"../{take.folder_name}/{MANIFEST}" for take in takes]
    for take in takes:
        check_free(folder / take.folder_name)
    _write(takes, folder, report, variations, into_folder=False)
    return [folder / take.folder_name / MANIFEST for take in takes]


def write_into(takes: Sequence[Take], folder: Path, report: ReportFraction | None = None) -> list[Path]:
    """Write one take straight into `folder` (created if missing), as for `--out DIR`; return its manifest's path.

    Several takes get a folder each in `folder`, as with `write_takes`. Raises the errors of `write_takes`, and
    `InvalidValue` if `folder` has a manifest or any file that would be written. On an error no new file is left.
    """
    if len(takes) != 1:
        return write_takes(takes, folder, report)
    if folder.exists() and not folder.is_dir():
        raise InvalidValue("out", str(folder), "a folder (there is a file of that name)")
    for name in TakeFileNames.of(takes[0], folder).all():
        check_free(folder / name)
    _write(takes, folder, report, [], into_folder=True)
    return [folder / MANIFEST]


def _write(
    takes: Sequence[Take],
    folder: Path,
    report: ReportFraction | None,
    variations: Sequence[str],
    *,
    into_folder: bool,
) -> None:
    from bridge.takes.files import prepare, write_files

    ready: list[PreparedTake] = [prepare(take, TakeFileNames.of(take, folder)) for take in takes]
    needed_bytes = sum(one.needed_bytes for one in ready)
    done, total = 0, sum(one.steps for one in ready)

    def step() -> None:
        nonlocal done
        done += 1
        if report is not None:
            report(done / total)

    if report is not None:
        report(0.0)
    with clear_errors(folder, needed_bytes):
        check_space(folder, needed_bytes)
        with Staging(folder, [take.folder_name for take in takes], into_folder=into_folder) as staging:
            for one, path in zip(ready, staging.paths, strict=True):
                write_files(one, path, step, variations)
            staging.publish()

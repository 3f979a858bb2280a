"""Writing finished takes: all of them complete, or nothing at all.

numpy and scipy are imported with the first take; a worker process imports `bridge.takes.files` early to be warm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.takes.naming import stem_file_names
from bridge.takes.staging import (
    Staging,
    check_free,
    check_space,
    clear_errors,
    discard_staging,
    staging_path,
)
from bridge.takes.take import MANIFEST, MIX, Take
from engine.errors import InvalidValue

if TYPE_CHECKING:
    from bridge.takes.files import Ready

__all__ = ["Take", "discard_staging", "staging_path", "write_into", "write_takes"]

Report = Callable[[float], None]
"""Takes the fraction that is done, 0–1; may raise `Cancelled`. Never called once takes are in place."""


def write_takes(takes: Sequence[Take], folder: Path, report: Report | None = None) -> list[Path]:
    """Write the takes of one job to `folder/<folder_name>/` each, and return the paths of their manifests.

    Parameters
    ----------
    takes
        One, or several variations; their manifests name each other.
    folder
        The takes' folder, from `layout.takes_folder`; made if missing. Until all is complete the takes lie in
        `staging_path(folder, take.folder_name)`.
    report
        Called after every file.

    Raises
    ------
    InvalidValue
        If a name is taken: nothing is ever overwritten.
    StemBridgeError
        If the disk is full, the folder cannot be written to, audio has the wrong length or is too long for a WAV.
    Cancelled
        Out of `report`.

    On any error nothing is left, not even folders that were made on the way.
    """
    variations = [f"../{take.folder_name}/{MANIFEST}" for take in takes]
    for take in takes:
        check_free(folder / take.folder_name)
    _write(takes, folder, report, variations, into_folder=False)
    return [folder / take.folder_name / MANIFEST for take in takes]


def write_into(takes: Sequence[Take], folder: Path, report: Report | None = None) -> list[Path]:
    """Write one take straight into `folder` (made if missing), as `--out DIR` means it; return the manifest's path.

    Several takes get a folder each in `folder`, as by `write_takes`. Errors are those of `write_takes`; it is an
    InvalidValue too if `folder` already holds a manifest or any file that would be written. On an error nothing of
    ours is left in `folder`.
    """
    if len(takes) != 1:
        return write_takes(takes, folder, report)
    if folder.exists() and not folder.is_dir():
        raise InvalidValue("out", str(folder), "a folder (there is a file of that name)")
    for name in take_files(takes[0]):
        check_free(folder / name)
    _write(takes, folder, report, [], into_folder=True)
    return [folder / MANIFEST]


def take_files(take: Take) -> list[str]:
    """Return the names of all files of `take`, the manifest last."""
    stems = take.generation.stems
    bases = stem_file_names([stem.name for stem in stems])
    midi = [f"{base}.mid" for base, stem in zip(bases, stems, strict=True) if stem.notes is not None]
    return [*(f"{base}.wav" for base in bases), *midi, MIX, MANIFEST]


def _write(
    takes: Sequence[Take], folder: Path, report: Report | None, variations: Sequence[str], *, into_folder: bool
) -> None:
    from bridge.takes.files import prepare, write_files

    ready: list[Ready] = [prepare(take) for take in takes]
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

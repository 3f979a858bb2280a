"""Files that carry a schema version: backed up before migration, refused if they are newer than the program."""

from __future__ import annotations

from pathlib import Path

from engine.errors import StemBridgeError

BACKUPS = "{name}.version-*.backup"
"""Glob pattern of the names of a file's backups."""


class NewerVersion(StemBridgeError):
    """A file was written by a newer Stem Bridge; it has been left untouched."""

    def __init__(self, path: Path, version: object, known: int) -> None:
        """Report that `path` has the schema version `version`, while this program knows those up to `known`."""
        super().__init__(
            f"{path} was written by a newer Stem Bridge (form {version}, this one knows up to {known}); "
            "install that version again, or move the file away to begin anew."
        )


def backup_of(path: Path, version: int) -> Path:
    """Return a free path beside `path` for its backup in the schema `version`.

    An earlier backup is never overwritten: it may be the only good one.
    """
    name = BACKUPS.format(name=path.name)
    first = path.with_name(name.replace("*", str(version)))
    numbers = (path.with_name(name.replace("*", f"{version}-{number}")) for number in range(2, 1000))
    return next(one for one in (first, *numbers) if not one.exists())

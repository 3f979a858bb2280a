"""Files that carry the version of their form: brought forward step by step, kept beside before, refused if newer."""

from __future__ import annotations

from pathlib import Path

from engine.errors import StemBridgeError

BACKUPS = "{name}.version-*.backup"
"""Pattern of the names of a file's backups."""


class NewerVersion(StemBridgeError):
    """A file of a newer Stem Bridge; nothing has been done to it."""

    def __init__(self, path: Path, version: object, known: int) -> None:
        """Say that `path` has the form `version`, and this Stem Bridge knows forms up to `known`."""
        super().__init__(
            f"{path} was written by a newer Stem Bridge (form {version}, this one knows up to {known}); "
            "install that version again, or move the file away to begin anew."
        )


def backup_of(path: Path, version: int) -> Path:
    """Return where a file is kept as it was in the form `version`; a name that is free.

    An earlier backup is never overwritten: it may be the only good one.
    """
    name = BACKUPS.format(name=path.name)
    first = path.with_name(name.replace("*", str(version)))
    numbers = (path.with_name(name.replace("*", f"{version}-{number}")) for number in range(2, 1000))
    return next(one for one in (first, *numbers) if not one.exists())

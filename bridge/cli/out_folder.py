"""The folder of `--out`, checked before the work begins: what would be in the way is said at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bridge.takes.layout import nearest_folder, why_not_writable
from bridge.takes.take import MANIFEST
from engine.errors import InvalidValue
from engine.registry import STEM_NAMES

_TAKE_FILES = (".wav", ".mid")
_WHOLE_TAKE = ("mix", "song")
"""Last words of the names of a take's files that are no stems."""


def free_folder(text: str, names: Sequence[str] = (MANIFEST,), *, for_stems: bool = True) -> str:
    """Return the absolute path of the folder `text`; it need not exist, and the check leaves nothing behind.

    Other files may be in it. With `for_stems` there may be no stem, whatever its title, tempo and key: only the
    engine knows the whole name of each file.

    Raises
    ------
    InvalidValue
        If one of the files `names` or a stem is in it, or it cannot be used.
    """
    if not text:
        raise InvalidValue("--out", text, "the name of a folder (“.” is the one you are in)")
    folder = Path(text).absolute()
    try:
        if folder.exists() and not folder.is_dir():
            raise InvalidValue("--out", text, "a folder (there is a file of that name)")
        found = [path.name for path in folder.iterdir()] if folder.exists() else []
    except OSError as error:  # the name is too long, or the folder may not be read
        raise InvalidValue("--out", text, f"a folder that can be used ({error.strerror or error})") from None
    taken = _taken(found, names, for_stems)
    if taken:
        raise InvalidValue("--out", text, f"a folder that holds no take yet (there is a {taken} in it)")
    if reason := why_not_writable(nearest_folder(folder)):
        raise InvalidValue("--out", text, f"a folder that can be written to ({reason})")
    return str(folder)


def _taken(found: Sequence[str], names: Sequence[str], for_stems: bool) -> str:
    """Return the first of the names `found` that the take may need, or an empty string."""
    wanted = {name.casefold() for name in names}
    return next((name for name in sorted(found) if name.casefold() in wanted or (for_stems and _is_stem(name))), "")


def _is_stem(name: str) -> bool:
    """Return whether a file is named as those of a take: `bass.wav`, `Night drive 97.6bpm Em bass.mid`."""
    path = Path(name)
    words = path.stem.casefold().replace("_", " ")
    if path.suffix.casefold() not in _TAKE_FILES:
        return False
    ends = [end.replace("_", " ") for end in (*STEM_NAMES, *_WHOLE_TAKE)]
    return words in ends or ("bpm" in words and any(words.endswith(f" {end}") for end in ends))

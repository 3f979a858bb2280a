"""One `.ardour` file as a document: parsed safely, changed, and saved with a backup of the old one."""

from __future__ import annotations

import secrets
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from bridge.daws.ardour_session.tempo import SessionTempo
from bridge.daws.installation import BACKUP_ENDING
from engine.errors import InvalidValue, StemBridgeError

ENDING = ".ardour"
OLDEST_VERSION = 7000
_MAX_BYTES = 512_000_000


class ArdourSession:
    """A session's document.

    Attributes:
        path: its file.
        root: the `<Session>` element; `save` writes its changes.
        sample_rate: in Hz.
        tempo: its tempo map.
    """

    def __init__(self, path: Path) -> None:
        """Read `path`.

        Raises
        ------
        InvalidValue
            If it is not a session file.
        StemBridgeError
            If an older Ardour has written it, or a required part is missing.
        """
        self.path = path
        self.root = _parse(path)
        version = _number(self.root.get("version", "0").split(".")[0])
        if version < OLDEST_VERSION:
            raise StemBridgeError(f"{path} was saved by an older Ardour: save it once in Ardour 7 or later.")
        self.sample_rate = _number(self.root.get("sample-rate", "0"))
        if not 8000 <= self.sample_rate <= 192_000:
            raise StemBridgeError(f"{path} has no sample rate that audio can have ({self.sample_rate} Hz).")
        self.tempo = SessionTempo(self.part("TempoMap"))
        self._next_id = _number(self.root.get("id-counter", "0"))
        self._next_id = max([self._next_id, *(_number(e.get("id", "0")) + 1 for e in self.root.iter())])

    @property
    def folder(self) -> Path:
        """The folder that the session lies in."""
        return self.path.parent

    @property
    def audio_folder(self) -> Path:
        """The folder of the session's audio files, which may not exist yet."""
        interchange = self.folder / "interchange"
        own = interchange / self.folder.name
        others = sorted(path for path in interchange.glob("*") if path.is_dir()) if interchange.is_dir() else []
        return (own if own.is_dir() or not others else others[0]) / "audiofiles"

    def part(self, name: str) -> ElementTree.Element:
        """Return a part of the session by its element's name.

        Raises
        ------
        StemBridgeError
            If it is missing.
        """
        found = self.root.find(name)
        if found is None:
            raise StemBridgeError(f"{self.path} has no {name}: save it once in Ardour 7 or later.")
        return found

    def new_id(self) -> str:
        """Return an id that no element of the session has yet."""
        self._next_id += 1
        return str(self._next_id - 1)

    def save(self) -> Path:
        """Replace the session file atomically; return the backup of the old one.

        Raises
        ------
        StemBridgeError
            If it cannot be written; the session is unchanged then.
        """
        self.root.set("id-counter", str(self._next_id))
        backup = self.path.with_name(self.path.name + BACKUP_ENDING)
        temporary = self.path.with_name(f".{secrets.token_hex(4)}.tmp")
        try:
            ElementTree.ElementTree(self.root).write(temporary, encoding="UTF-8", xml_declaration=True)
            shutil.copymode(self.path, temporary)
            shutil.copy2(self.path, backup)
            temporary.replace(self.path)
        except OSError as error:
            raise StemBridgeError(f"{self.path} cannot be written ({error.strerror or error}).") from None
        finally:
            temporary.unlink(missing_ok=True)
        return backup


def _parse(path: Path) -> ElementTree.Element:
    allowed = "a session's file (its name ends in .ardour)"
    if path.suffix != ENDING or not path.is_file():
        raise InvalidValue("session", str(path), allowed)
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise StemBridgeError(f"{path} cannot be read ({error.strerror or error}).") from None
    # Ardour writes neither; nested entities could exhaust the memory.
    if len(data) > _MAX_BYTES or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise InvalidValue("session", str(path), allowed)
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise InvalidValue("session", str(path), f"{allowed}, and whole ({error})") from None
    if root.tag != "Session":
        raise InvalidValue("session", str(path), allowed)
    return root


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0

"""The window's state between two starts: sizes, choices and the like, none of which is worth an error message."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from bridge.home import user_files
from engine.errors import StemBridgeError

log = logging.getLogger("stembridge.app")


class Memory:
    """A JSON object in a file; a broken or missing file means an empty memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, object] = {}
        try:
            content = json.loads(user_files.read_bytes(path))
        except (StemBridgeError, ValueError, RecursionError):
            content = {}
        if isinstance(content, dict):
            self._values = content

    def get(self, key: str, default: object = None) -> object:
        """Return the value that was kept under `key`, else `default`."""
        return self._values.get(key, default)

    def keep(self, **values: object) -> None:
        """Keep JSON values and write the file; a failure to write is only logged."""
        self._values.update(values)
        try:
            user_files.write_text(self._path, json.dumps(self._values, ensure_ascii=False), replace=True)
        except StemBridgeError as error:
            log.warning("%s", error)

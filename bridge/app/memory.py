"""What the window remembers from one start to the next. Losing it costs nothing."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from bridge.home import user_files
from engine.errors import StemBridgeError

log = logging.getLogger("stembridge.app")


class Memory:
    """One JSON object in one file; a file that is broken or missing is an empty memory."""

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
        """Return what was kept under `key`."""
        return self._values.get(key, default)

    def keep(self, **values: object) -> None:
        """Keep JSON values and write them; a disk that is full is no reason to bother anybody."""
        self._values.update(values)
        try:
            user_files.write_text(self._path, json.dumps(self._values, ensure_ascii=False), replace=True)
        except StemBridgeError as error:
            log.warning("%s", error)

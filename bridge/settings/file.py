"""The settings on disk: one JSON file of the user's, read by the window and the headless companion alike."""

from __future__ import annotations

import json
from pathlib import Path

from bridge.presets import files
from bridge.settings.table import SETTINGS, Value, check_setting
from engine.errors import InvalidValue, StemBridgeError


class SettingsFile:
    """The user's settings. Values that nobody has set are the table's defaults and stay out of the file."""

    def __init__(self, path: Path) -> None:
        """Read `path`, which need not exist; what is wrong in it is told by `problems` and left as it is."""
        self.path = path
        self.problems: list[str] = []
        self._set: dict[str, Value] = {}
        self._foreign: dict[str, object] = {}
        self._read()

    def __getitem__(self, key: str) -> Value:
        return self._set.get(key, SETTINGS[key].default)

    def text(self, key: str) -> str:
        """Return a setting that is text."""
        return str(self[key])

    def number(self, key: str) -> float:
        """Return a setting that is a number."""
        return float(self[key])

    def set(self, key: str, value: object) -> None:
        """Set one setting and write the file.

        Raises
        ------
        InvalidValue
            If the value is not allowed; nothing has changed then.
        StemBridgeError
            If the file cannot be written; the setting holds until the program ends.
        """
        checked = check_setting(key, value)
        if checked == SETTINGS[key].default:
            self._set.pop(key, None)
        else:
            self._set[key] = checked
        text = json.dumps({**self._foreign, **self._set}, indent=2, ensure_ascii=False) + "\n"
        files.write_text(self.path, text, replace=True, private=True)

    def _read(self) -> None:
        if files.signature(self.path) is None:
            return
        try:
            content = json.loads(files.read_bytes(self.path))
        except (StemBridgeError, ValueError, RecursionError) as error:
            self.problems.append(f"{self.path.name} cannot be read ({error}); the defaults hold.")
            return
        if not isinstance(content, dict):
            self.problems.append(f"{self.path.name} must be a JSON object; the defaults hold.")
            return
        for key, value in content.items():
            try:
                self._set[key] = check_setting(key, value)
            except InvalidValue as error:
                self._foreign[key] = value  # a newer version's, or the user's slip: never thrown away
                self.problems.append(f"{self.path.name}: {error}")

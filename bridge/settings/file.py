"""The settings on disk: one JSON file of the user's, read by the window and the headless companion alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bridge.home import user_files
from bridge.home.file_versions import NewerVersion, backup_of
from bridge.settings.all_settings import SETTINGS, check_setting
from bridge.settings.setting import Value
from engine.errors import InvalidValue, StemBridgeError

VERSION_KEY = "version"
STEPS: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (dict,)
"""Step n turns the content of form n into that of form n + 1. Form 0 had the same keys and no number."""


class SettingsFile:
    """The user's settings. Values that nobody has set are the table's defaults and stay out of the file."""

    def __init__(self, path: Path) -> None:
        """Read `path`, which need not exist; what is wrong in it is told by `problems` and left as it is.

        An older form is understood as it is; the file is brought forward when it is written next, and kept beside it.
        """
        self.path = path
        self.problems: list[str] = []
        self._older: int | None = None
        self._newer: NewerVersion | None = None
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
            If the file cannot be written; the setting holds until the program ends. A file of a newer version is
            never written.
        """
        checked = check_setting(key, value)
        if checked == SETTINGS[key].default:
            self._set.pop(key, None)
        else:
            self._set[key] = checked
        if self._newer is not None:
            raise self._newer
        if self._older is not None:
            old = user_files.read_bytes(self.path).decode("utf-8")
            user_files.write_text(backup_of(self.path, self._older), old, replace=False, private=True)
            self._older = None
        content = {VERSION_KEY: len(STEPS), **self._foreign, **self._set}
        text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        user_files.write_text(self.path, text, replace=True, private=True)

    def _read(self) -> None:
        if user_files.signature(self.path) is None:
            return
        try:
            content = json.loads(user_files.read_bytes(self.path))
        except (StemBridgeError, ValueError, RecursionError) as error:
            self.problems.append(f"{self.path.name} cannot be read ({error}); the defaults hold.")
            return
        if not isinstance(content, dict):
            self.problems.append(f"{self.path.name} must be a JSON object; the defaults hold.")
            return
        for key, value in self._brought_forward(content).items():
            try:
                self._set[key] = check_setting(key, value)
            except InvalidValue as error:
                self._foreign[key] = value  # a newer version's, or the user's slip: never thrown away
                self.problems.append(f"{self.path.name}: {error}")

    def _brought_forward(self, content: dict[str, Any]) -> dict[str, Any]:
        """Return the content in the form of now, without the form's number; nothing if the form is not known."""
        version = content.pop(VERSION_KEY, 0)
        if not isinstance(version, int) or isinstance(version, bool) or not 0 <= version <= len(STEPS):
            self._newer = NewerVersion(self.path, version, len(STEPS))
            self.problems.append(f"{self._newer} Until then the defaults hold, and nothing is written to it.")
            return {}
        if version < len(STEPS):
            self._older = version
        for step in STEPS[version:]:
            content = step(content)
        return content

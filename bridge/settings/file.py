"""The settings on disk: one JSON file, read by the window and by the headless companion."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bridge.home import user_files
from bridge.home.file_versions import NewerVersion, backup_of
from bridge.settings.all_settings import SETTINGS, check_setting
from bridge.settings.setting import SettingValue
from engine.errors import InvalidValue, StemBridgeError

VERSION_KEY = "version"
STEPS: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (dict,)
"""Migrations: step n turns schema n into schema n + 1. Schema 0 had the same keys and no version number."""


class SettingsFile:
    """The user's settings. Only values that differ from the table's defaults are in the file."""

    def __init__(self, path: Path) -> None:
        """Read `path`, which need not exist; `problems` lists its faults in sentences, and faulty values are kept.

        Content of an older schema is migrated in memory; the file itself is backed up and migrated at the next `set`.
        """
        self.path = path
        self.problems: list[str] = []
        self._older: int | None = None
        self._newer: NewerVersion | None = None
        self._changed: dict[str, SettingValue] = {}
        self._unknown: dict[str, object] = {}
        self._read()

    def __getitem__(self, key: str) -> SettingValue:
        return self._changed.get(key, SETTINGS[key].default)

    def text(self, key: str) -> str:
        """Return the value of a setting as text."""
        return str(self[key])

    def number(self, key: str) -> float:
        """Return the value of a setting as a number."""
        return float(self[key])

    def set(self, key: str, value: object) -> None:
        """Set one setting and write the file.

        Raises
        ------
        InvalidValue
            If the value is not allowed; nothing has changed then.
        StemBridgeError
            If the file cannot be written; the new value holds until the program ends. A file of a newer schema is
            never written.
        """
        checked = check_setting(key, value)
        if checked == SETTINGS[key].default:
            self._changed.pop(key, None)
        else:
            self._changed[key] = checked
        if self._newer is not None:
            raise self._newer
        if self._older is not None:
            old = user_files.read_bytes(self.path).decode("utf-8")
            user_files.write_text(backup_of(self.path, self._older), old, replace=False, private=True)
            self._older = None
        content = {VERSION_KEY: len(STEPS), **self._unknown, **self._changed}
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
        for key, value in self._migrate(content).items():
            try:
                self._changed[key] = check_setting(key, value)
            except InvalidValue as error:
                self._unknown[key] = value  # of a newer version, or a typing error: it is kept in the file
                self.problems.append(f"{self.path.name}: {error}")

    def _migrate(self, content: dict[str, Any]) -> dict[str, Any]:
        """Return the content migrated to the current schema, without its version; empty if the schema is unknown."""
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

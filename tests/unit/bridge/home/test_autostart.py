"""The autostart entry: its content on each system, and how it is made, changed and removed."""

from __future__ import annotations

import configparser
import plistlib
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType, TracebackType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.home.autostart import (
    IN_BACKGROUND,
    NAME,
    RUN_KEY,
    FileEntry,
    _desktop_entry,
    entry_here,
    own_command,
    set_autostart,
)
from engine.errors import StemBridgeError


def exec_of(entry: bytes) -> list[str]:
    """Read a desktop entry's command as launchers do: unescape the string, split by quotes, take %% as %."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment]
    parser.read_string(entry.decode())
    assert parser["Desktop Entry"]["Type"] == "Application"
    text = re.sub(r"\\(.)", r"\1", parser["Desktop Entry"]["Exec"])
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', text)
    return [re.sub(r"\\(.)", r"\1", word).replace("%%", "%") for word in words]


def test_linux_reads_a_desktop_entry_in_its_autostart_folder(tmp_path: Path) -> None:
    entry = entry_here("linux", {"XDG_CONFIG_HOME": str(tmp_path / "xdg")}, tmp_path)
    assert isinstance(entry, FileEntry)
    assert entry.path == tmp_path / "xdg" / "autostart" / "stembridge.desktop"
    assert entry_here("linux", {}, tmp_path).place == str(tmp_path / ".config" / "autostart" / "stembridge.desktop")
    entry.write(["/opt/Stem Bridge/stembridge", IN_BACKGROUND])
    assert entry.is_there()
    assert exec_of(entry.path.read_bytes()) == ["/opt/Stem Bridge/stembridge", IN_BACKGROUND]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1), min_size=1))
def test_every_path_is_quoted_so_that_launchers_read_it_back(words: list[str]) -> None:
    assert exec_of(_desktop_entry(words)) == words


def test_macos_reads_a_launch_agent(tmp_path: Path) -> None:
    entry = entry_here("darwin", {}, tmp_path)
    entry.write(["/Applications/Stem Bridge.app/Contents/MacOS/stembridge", IN_BACKGROUND])
    agent = plistlib.loads((tmp_path / "Library" / "LaunchAgents" / "stembridge.plist").read_bytes())
    assert agent == {
        "Label": "stembridge",
        "ProgramArguments": ["/Applications/Stem Bridge.app/Contents/MacOS/stembridge", IN_BACKGROUND],
        "RunAtLoad": True,
    }


class Registry(ModuleType):
    """The part of `winreg` that its documentation promises, as strict: keys and values that are not there raise."""

    HKEY_CURRENT_USER, REG_SZ, KEY_READ, KEY_SET_VALUE = 1, 2, 4, 8

    class Key:
        def __init__(self, values: dict[str, str], access: int) -> None:
            self.values, self.access = values, access

        def __enter__(self) -> Registry.Key:
            return self

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> None:
            self.access = 0

    def __init__(self) -> None:
        super().__init__("winreg")
        self.keys: dict[tuple[int, str], dict[str, str]] = {}

    def OpenKey(self, key: int, sub_key: str, reserved: int = 0, access: int = KEY_READ) -> Key:  # noqa: N802
        if (key, sub_key) not in self.keys:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        return self.Key(self.keys[key, sub_key], access)

    def CreateKey(self, key: int, sub_key: str) -> Key:  # noqa: N802
        return self.Key(self.keys.setdefault((key, sub_key), {}), self.KEY_SET_VALUE)

    def SetValueEx(self, key: Key, name: str, reserved: int, kind: int, value: str) -> None:  # noqa: N802
        assert (key.access, kind) == (self.KEY_SET_VALUE, self.REG_SZ)
        key.values[name] = value

    def QueryValueEx(self, key: Key, name: str) -> tuple[str, int]:  # noqa: N802
        assert key.access == self.KEY_READ
        if name not in key.values:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        return key.values[name], self.REG_SZ

    def DeleteValue(self, key: Key, name: str) -> None:  # noqa: N802
        assert key.access == self.KEY_SET_VALUE
        if name not in key.values:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        del key.values[name]


def test_windows_reads_a_value_of_the_run_key(monkeypatch: pytest.MonkeyPatch) -> None:
    registry = Registry()
    monkeypatch.setitem(sys.modules, "winreg", registry)
    entry = entry_here("win32", {}, Path("C:/Users/me"))
    assert entry.place == r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run\stembridge"
    entry.remove()  # no such key yet
    assert not entry.is_there()
    entry.write([r"C:\Program Files\Stem Bridge\stembridge.exe", IN_BACKGROUND])
    assert registry.keys[1, RUN_KEY] == {NAME: r'"C:\Program Files\Stem Bridge\stembridge.exe" --in-background'}
    assert entry.is_there()
    entry.remove()
    entry.remove()
    assert not entry.is_there()


@pytest.mark.parametrize(
    ("platform", "environ", "frozen", "command"),
    [
        ("linux", {"APPIMAGE": "/home/me/Stem.AppImage"}, True, ["/home/me/Stem.AppImage"]),
        ("linux", {}, True, ["/x/python.exe"]),
        ("linux", {}, False, ["/x/python.exe", "-m", "bridge"]),
        ("win32", {}, False, ["/x/pythonw.exe", "-m", "bridge"]),
    ],
)
def test_it_starts_this_very_installation(
    platform: str, environ: dict[str, str], frozen: bool, command: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    assert own_command(platform, environ, "/x/python.exe") == [*command, IN_BACKGROUND]


def test_on_and_off(tmp_path: Path) -> None:
    entry = entry_here("linux", {}, tmp_path)
    set_autostart(True, entry)
    assert isinstance(entry, FileEntry)
    assert exec_of(entry.path.read_bytes()) == [sys.executable, "-m", "bridge", IN_BACKGROUND]
    other = entry.path.with_name("other.desktop")
    other.touch()
    set_autostart(False, entry)
    set_autostart(False, entry)
    assert list(entry.path.parent.iterdir()) == [other]
    set_autostart(True, entry)
    other.unlink()
    set_autostart(False, entry)
    assert not entry.path.parent.exists()


def test_what_a_desktop_has_added_to_switch_it_off_stays_until_the_command_changes(tmp_path: Path) -> None:
    entry = entry_here("linux", {}, tmp_path)
    assert isinstance(entry, FileEntry)
    entry.write(["/old/stembridge"])
    with entry.path.open("a") as file:
        file.write("X-GNOME-Autostart-enabled=false\n")
    entry.write(["/old/stembridge"])
    assert "enabled=false" in entry.path.read_text()
    entry.write(["/new/stembridge"])
    assert exec_of(entry.path.read_bytes()) == ["/new/stembridge"]


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".config").write_text("a file where a folder should be")
    with pytest.raises(StemBridgeError, match=r"stembridge\.desktop cannot be written \("):
        set_autostart(True, entry_here("linux", {}, tmp_path))


def test_shells_agree_on_the_usual_path() -> None:
    assert shlex.split(_desktop_entry(["/opt/a b/x", "--y"]).decode().split("Exec=")[1].splitlines()[0]) == [
        "/opt/a b/x",
        "--y",
    ]


def test_the_flag_is_the_command_lines_own() -> None:
    from bridge.cli.arguments import build_parser

    assert build_parser().parse_args([IN_BACKGROUND]).in_background

"""The build script, with its commands recorded instead of run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import types
from contextlib import nullcontext
from pathlib import Path

import pytest

from bridge import __version__
from tests.helpers.paths import ROOT


@pytest.mark.parametrize(
    ("platform", "os_name", "program", "packer"),
    [
        ("darwin", "posix", "dist/Stem Bridge.app/Contents/MacOS/stembridge", "installer/macos/make_dmg.sh"),
        ("win32", "nt", "dist/stembridge/stembridge.exe", "installer/windows/build_installer.ps1"),
    ],
)
@pytest.mark.usefixtures("installer")
def test_each_system_packs_with_its_script(
    platform: str, os_name: str, program: str, packer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import build

    commands: list[list[str]] = []

    def run(*command: object, capture: bool = False, **_: object) -> str:
        commands.append([str(part) for part in command])
        return f"stembridge {__version__}\n" if "--version" in command else "noise\n/there/Result\n"

    monkeypatch.setattr(build, "_run", run)
    monkeypatch.setattr(build, "os", types.SimpleNamespace(name=os_name))
    monkeypatch.setattr(sys, "platform", platform)
    assert build.pack() == [Path("/there/Result")]
    assert commands[0] == [str(ROOT / program), "--version"]
    assert str(ROOT / packer) in commands[1]
    assert commands[1][-2] == __version__
    assert (ROOT / packer).is_file()


@pytest.fixture
def commands(installer: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The recorded commands of the build script, which all succeed; its folders lie in `tmp_path`."""
    import build

    done: list[list[str]] = []

    def run(*command: object, **_: object) -> str:
        done.append([str(part) for part in command])
        return f"stembridge {__version__}\n"

    monkeypatch.setattr(build, "_run", run)
    for name in ("BUILD", "DIST"):
        monkeypatch.setattr(build, name, tmp_path / name.lower())
    monkeypatch.setattr(build, "PYTHON", tmp_path / "venv" / "bin" / "python")
    return done


def test_the_environment_is_created_once_and_the_project_installed_every_time(
    commands: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import build

    (tmp_path / "build" / "lib" / "bridge").mkdir(parents=True)  # of an earlier build
    theme = tmp_path / "venv" / "PySide6" / "libqgtk3.so"
    theme.parent.mkdir(parents=True)
    theme.touch()
    monkeypatch.setattr(build, "VENV", tmp_path / "venv")
    build.make_environment()
    assert not (tmp_path / "build" / "lib").exists()
    assert [command[1:3] for command in commands] == [["-m", "venv"], ["-m", "pip"], ["-m", "pip"]]
    assert f"{ROOT}[bundle]" in commands[1]
    assert commands[2][-3:] == ["--force-reinstall", "--no-deps", str(ROOT)]
    assert not theme.exists()
    assert all(str(ROOT / "constraints.txt") in command for command in commands[1:])
    build.PYTHON.parent.mkdir(parents=True)
    build.PYTHON.touch()
    build.make_environment()
    assert [command[1:3] for command in commands[3:]] == [["-m", "pip"], ["-m", "pip"]]


@pytest.mark.skipif(sys.platform != "linux", reason="packs for Linux")
def test_linux_gets_an_archive_with_the_licence_and_an_appimage_where_its_tool_is(
    commands: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import build

    monkeypatch.setattr(build, "BUNDLE", tmp_path / "dist" / "stembridge")
    build.BUNDLE.mkdir(parents=True)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(build.platform, "machine", lambda: "AMD64")
    (archive,) = build.pack()
    assert archive.name == f"stembridge-{__version__}-linux-x86_64.tar.gz"
    assert {"LICENSE", "stembridge.desktop", "add-to-menu.sh"} <= {path.name for path in build.BUNDLE.iterdir()}
    assert not (build.BUNDLE / "make_appimage.sh").exists()
    assert f"--transform=s/^stembridge/stembridge-{__version__}/" in commands[-1]
    assert "no AppImage is made" in capsys.readouterr().out
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/appimagetool")
    assert len(build.pack()) == 2
    assert commands[-1][0] == str(ROOT / "installer" / "linux" / "make_appimage.sh")


def test_a_python_that_is_too_old_is_a_sentence(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import build

    monkeypatch.setattr(build, "OLDEST", (99, 0))
    assert build.main([]) == 1
    assert capsys.readouterr().err.startswith("build: Python 3.11 or newer is needed, this is ")
    assert commands == []


def test_a_step_that_fails_ends_the_build_with_its_exit_code(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import build

    def fail() -> None:
        raise subprocess.CalledProcessError(7, ["pip", "install"])

    monkeypatch.setattr(build, "missing_here", lambda: "")
    monkeypatch.setattr(build, "make_environment", fail)
    assert build.main([]) == 1
    assert capsys.readouterr().err == "build: exit code 7 of pip install\n"


def test_every_packed_file_is_printed_with_its_hash(
    commands: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import build

    (tmp_path / "a.dmg").write_bytes(b"")
    monkeypatch.setattr(build, "missing_here", lambda: "")
    for name in ("make_environment", "make_bundle", "check_libraries", "selftest"):
        monkeypatch.setattr(build, name, lambda: None)
    monkeypatch.setattr(build, "pack", lambda: [tmp_path / "a.dmg"])
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert build.main([]) == 0
    assert capsys.readouterr().out == f"{empty}  a.dmg  (0 MB)\n"
    assert build.main(["--no-pack"]) == 0
    assert capsys.readouterr().out == ""


def test_what_linux_lacks_for_the_build_is_said_before_it_begins(
    commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import build

    debian = build.system_libraries.Distribution("debian", "Debian")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(build, "this_distribution", lambda: debian)
    monkeypatch.setattr(build.os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(build.system_libraries, "has_library", lambda soname: soname != "libxcb-cursor.so.0")
    monkeypatch.setattr(build.system_libraries, "has_font", lambda: True)
    monkeypatch.setattr(shutil, "which", lambda program: None if program == "weston" else program)
    assert build.main([]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "build: the bundle needs libxcb-cursor.so.0, weston of this system:",
        "  apt-get install -y libxcb-cursor0 weston",
    ]
    assert commands == []
    monkeypatch.setattr(build, "this_distribution", lambda: debian._replace(family="arch"))
    assert build.missing_here() == "the bundle needs libxcb-cursor.so.0, weston of this system."
    monkeypatch.setattr(build.system_libraries, "has_library", lambda soname: True)
    monkeypatch.setattr(shutil, "which", lambda program: program)
    assert build.missing_here() == ""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert build.missing_here() == ""


@pytest.fixture
def half_done(commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """A build on Linux that has come to the finished bundle, which lacks nothing; its screens start."""
    import build

    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("make_environment", "make_bundle"):
        monkeypatch.setattr(build, name, lambda: None)
    monkeypatch.setattr(build, "missing_here", lambda: "")
    monkeypatch.setattr(build.bundle_check, "left_out", lambda _: {})
    for name in ("x11", "wayland"):
        monkeypatch.setattr(build.virtual_screens, name, lambda name=name: nullcontext({name.upper(): "here"}))


@pytest.mark.usefixtures("half_done")
def test_a_bundle_that_lacks_a_library_is_not_packed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import build

    monkeypatch.setattr(build.bundle_check, "left_out", lambda _: {"libxcb-cursor.so.0": ["libqxcb.so", "x.so"]})
    monkeypatch.setattr(build, "selftest", pytest.fail)
    assert build.main([]) == 1
    assert capsys.readouterr().err.startswith("build: The bundle lacks libxcb-cursor.so.0 (for libqxcb.so). ")


@pytest.mark.usefixtures("half_done")
@pytest.mark.parametrize(
    ("said", "code", "problem"),
    [
        ("ok  on Wayland …\nok  on X11  …\n", 0, ""),
        ("ok  on X11  …\n", 1, "build: the self-test opened no window on Wayland.\n"),
        ("ok  window …\n", 1, "build: the self-test opened no window on X11 and on Wayland.\n"),
    ],
)
def test_the_selftest_has_to_open_the_window_on_both_kinds_of_screen(
    said: str, code: int, problem: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import build

    environs: list[dict[str, str]] = []

    def run(*_: object, environ: dict[str, str], **__: object) -> str:
        environs.append(environ)
        return said

    monkeypatch.setattr(build, "_run", run)
    assert build.main(["--no-pack"]) == code
    assert capsys.readouterr() == (said, problem)
    assert environs[0].items() >= {"X11": "here", "WAYLAND": "here"}.items()
    assert "PYTHONPATH" not in environs[0]


@pytest.mark.usefixtures("half_done")
def test_a_failed_selftest_is_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import build

    def fail(*_: object, **__: object) -> str:
        raise subprocess.CalledProcessError(1, ["stembridge", "--selftest"], "FAILED on X11  no plug-in\n")

    monkeypatch.setattr(build, "_run", fail)
    assert build.main([]) == 1
    assert capsys.readouterr().err.splitlines()[0] == "FAILED on X11  no plug-in"

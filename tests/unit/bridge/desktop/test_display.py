"""No screen is a sentence with the headless command, never a core dump."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.desktop import display
from bridge.desktop.display import problem

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be without a screen")


@linux
@pytest.mark.parametrize("environ", [{}, {"DISPLAY": ":987"}, {"DISPLAY": "nonsense"}, {"WAYLAND_DISPLAY": "gone"}])
def test_a_screen_that_does_not_answer_is_told(environ: dict[str, str]) -> None:
    sentence = problem(environ, "linux")
    assert sentence is not None
    assert "stembridge serve" in sentence


def test_other_systems_always_have_a_screen() -> None:
    assert problem({}, "darwin") is None


@linux
def test_the_command_without_a_screen_ends_with_one_line(tmp_path: Path) -> None:
    screen = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environ = {name: value for name, value in os.environ.items() if name not in screen}
    done = subprocess.run(
        [sys.executable, "-m", "bridge"],
        env={**environ, "STEMBRIDGE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "stembridge serve" in done.stderr


@pytest.fixture
def libraries(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of libraries that the system lacks; all others are there."""
    missing: set[str] = set()
    monkeypatch.setattr(display, "loads", lambda name: name not in missing)
    return missing


@linux
@pytest.mark.parametrize("chosen", ["offscreen", "minimal", "vnc:port=5900"])
def test_platforms_of_qt_without_a_screen_need_none(libraries: set[str], chosen: str) -> None:
    assert problem({"QT_QPA_PLATFORM": chosen}, "linux") is None


@linux
def test_missing_libraries_are_named_by_their_packages(libraries: set[str]) -> None:
    libraries |= {"libEGL.so.1", "libxcb-cursor.so.0"}
    assert problem({"QT_QPA_PLATFORM": "offscreen"}, "linux") == (
        "The window needs: sudo apt install libegl1. Run the companion without a window: stembridge serve"
    )


@linux
def test_a_wayland_socket_that_answers_is_a_screen_and_x_libraries_are_not_needed(
    libraries: set[str], tmp_path: Path
) -> None:
    libraries.add("libxcb-cursor.so.0")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-7"))
        server.listen()
        environ = {"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}
        assert display.screens(environ) == ["wayland"]
        assert problem(environ, "linux") is None
        assert problem({**environ, "WAYLAND_DISPLAY": str(tmp_path / "wayland-7")}, "linux") is None
        libraries.add("libwayland-cursor.so.0")
        sentence = problem(environ, "linux")
        assert sentence is not None
        assert "apt install libwayland-cursor0." in sentence


@linux
def test_x11_stands_in_for_a_wayland_plugin_that_lacks_a_library_unless_wayland_was_asked_for(
    libraries: set[str], tmp_path: Path
) -> None:
    libraries.add("libwayland-cursor.so.0")
    with socket.socket(socket.AF_UNIX) as wayland, socket.socket(socket.AF_UNIX) as x11:
        for server, path in ((wayland, str(tmp_path / "wayland-7")), (x11, "\0/tmp/.X11-unix/X7123")):
            server.bind(path)
            server.listen()
        environ = {"WAYLAND_DISPLAY": str(tmp_path / "wayland-7"), "DISPLAY": ":7123"}
        assert display.screens(environ) == ["wayland", "xcb"]
        assert problem(environ, "linux") is None
        assert problem({**environ, "QT_QPA_PLATFORM": "xcb"}, "linux") is None
        assert problem({**environ, "QT_QPA_PLATFORM": "wayland"}, "linux") is not None


@linux
def test_an_x_display_over_tcp_needs_the_x_libraries(libraries: set[str]) -> None:
    libraries.add("libxcb-cursor.so.0")
    for port in range(6100, 6200):  # display n listens on port 6000 + n
        with socket.socket() as server:
            try:
                server.bind(("127.0.0.1", port))
            except OSError:
                continue
            server.listen()
            sentence = problem({"DISPLAY": f"127.0.0.1:{port - 6000}.0"}, "linux")
            break
    assert sentence is not None
    assert "apt install libxcb-cursor0." in sentence


@linux
@pytest.mark.parametrize("display", ["127.0.0.1:99999999", "host with spaces", "0", ":x"])
def test_displays_that_cannot_be_are_no_screen(libraries: set[str], display: str) -> None:
    sentence = problem({"DISPLAY": display}, "linux")
    assert sentence is not None
    assert sentence.startswith("There is no screen")

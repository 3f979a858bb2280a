"""Libraries that are missing, too old, or laid out differently, built here from C."""

from __future__ import annotations

import shutil
import subprocess
import sys
from ctypes import POINTER, cast
from pathlib import Path

import pytest

from bridge.doors.midi.backends import librtmidi, librtmidi_functions
from bridge.doors.midi.backends.librtmidi_functions import _SIGNATURES, Functions, NewerWrapper, load_functions

NEWER = """
#include <stdbool.h>
#include <stdlib.h>
struct wrapper { void *device, *callback, *error_callback; bool ok; char *message; };
const char *rtmidi_get_version(void) { return "7.0.0"; }
void rtmidi_set_error_callback(void) {}
struct wrapper *rtmidi_out_create(int api, const char *name) {
  struct wrapper *made = calloc(1, sizeof(*made));
  made->ok = true;
  return made;
}
void rtmidi_out_free(struct wrapper *made) { free(made); }
int rtmidi_out_send_message(struct wrapper *made, const char *data, int length) {
  if (length == 3) return 0;
  made->ok = false;
  return -1;
}
int rtmidi_compiled_api_by_name(const char *name) { return name[0] == 'a' ? 2 : 3; }
"""


def build(folder: Path, code: str) -> str:
    """Compile `code` to a library; return its path."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs a C compiler on Linux")
    source, library = folder / "made.c", folder / "made.so"
    source.write_text(code)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    return str(library)


def test_a_missing_library_is_told_with_the_loaders_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(librtmidi_functions, "NAMES", {sys.platform: ("librtmidi-that-does-not-exist.so.9",)})
    with pytest.raises(OSError, match=r"librtmidi is not installed .*does-not-exist"):
        load_functions()
    monkeypatch.setattr(librtmidi_functions, "NAMES", {})
    with pytest.raises(OSError, match="no librtmidi is known"):
        load_functions()


def test_a_library_that_is_too_old_is_refused(tmp_path: Path) -> None:
    library = build(tmp_path, "void rtmidi_open_port(void) {}")
    with pytest.raises(OSError, match="older than RtMidi 5"):
        Functions(library)


def test_a_library_that_lacks_a_function_is_refused(tmp_path: Path) -> None:
    library = build(tmp_path, 'const char *rtmidi_get_version(void) { return "6"; }')
    with pytest.raises(OSError, match="has no rtmidi_get_compiled_api"):
        Functions(library)


def test_the_wrapper_of_versions_after_6_has_one_pointer_more(tmp_path: Path) -> None:
    others = "".join(f"void rtmidi_{name}(void) {{}}\n" for name in _SIGNATURES if f"rtmidi_{name}(" not in NEWER)
    functions = Functions(build(tmp_path, NEWER + others))
    assert functions.version == "7.0.0"
    assert functions.wrapper is NewerWrapper
    client = librtmidi.LibRtMidi(functions).MidiOut(0, "one")
    client.send_message([0x90, 1, 1])
    with pytest.raises(OSError, match="RtMidi cannot send"):
        client.send_message([0xF8])
    client.send_message([0x90, 1, 1])  # an error is over once it has been told
    client.delete()


def test_a_creation_that_fails_is_an_error_and_frees_the_client(tmp_path: Path) -> None:
    others = "".join(f"void rtmidi_{name}(void) {{}}\n" for name in _SIGNATURES if f"rtmidi_{name}(" not in NEWER)
    code = NEWER.replace("made->ok = true;", "")
    functions = Functions(build(tmp_path, code + others))
    with pytest.raises(OSError, match="cannot create a client"):
        librtmidi.LibRtMidi(functions).MidiOut(0, "one")
    pointer = functions("out_create", 0, b"one")
    assert not cast(pointer, POINTER(functions.wrapper)).contents.ok
    functions("out_free", pointer)

"""Loads the system's librtmidi and declares the functions of its C interface (rtmidi_c.h of RtMidi 5 and 6)."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from ctypes import POINTER, c_bool, c_char_p, c_double, c_int, c_size_t, c_uint, c_void_p
from typing import Any

NAMES = {
    "linux": ("librtmidi.so.7", "librtmidi.so.6"),
    "darwin": (
        "librtmidi.7.dylib",
        "/opt/homebrew/lib/librtmidi.7.dylib",
        "/usr/local/lib/librtmidi.7.dylib",
        "librtmidi.6.dylib",
    ),
    "win32": ("rtmidi.dll", "librtmidi-7.dll", "librtmidi.dll"),
}
"""Platform → the library's file names, the newest first; on macOS those of Homebrew and MacPorts too."""
RTMIDI_5 = {"librtmidi.so.6", "librtmidi.6.dylib"}
"""Names of RtMidi 5, which cannot be asked for its version; other libraries that cannot are older."""

_SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "get_compiled_api": (c_int, (POINTER(c_int), c_uint)),
    "api_display_name": (c_char_p, (c_int,)),
    "compiled_api_by_name": (c_int, (c_char_p,)),
    "in_create": (c_void_p, (c_int, c_char_p, c_uint)),
    "out_create": (c_void_p, (c_int, c_char_p)),
    "in_free": (None, (c_void_p,)),
    "out_free": (None, (c_void_p,)),
    "get_port_count": (c_uint, (c_void_p,)),
    "get_port_name": (c_int, (c_void_p, c_uint, c_char_p, POINTER(c_int))),
    "open_port": (None, (c_void_p, c_uint, c_char_p)),
    "open_virtual_port": (None, (c_void_p, c_char_p)),
    "close_port": (None, (c_void_p,)),
    "in_ignore_types": (None, (c_void_p, c_bool, c_bool, c_bool)),
    "in_get_message": (c_double, (c_void_p, c_char_p, POINTER(c_size_t))),
    "out_send_message": (c_int, (c_void_p, c_char_p, c_int)),
}
"""Function without `rtmidi_` → its result and its arguments."""


class Wrapper(ctypes.Structure):
    """The result of a creation. A call that fails sets `ok` to False; no call sets it back to True.

    The message behind it is never read: in both versions it lies in memory that is freed before the call returns.
    """

    _fields_ = (("device", c_void_p), ("callback", c_void_p), ("ok", c_bool), ("message", c_void_p))


class NewerWrapper(ctypes.Structure):
    """The same after RtMidi 6.0, which has one pointer more."""

    _fields_ = (
        ("device", c_void_p),
        ("callback", c_void_p),
        ("error_callback", c_void_p),
        ("ok", c_bool),
        ("message", c_void_p),
    )


class Functions:
    """The functions of one library."""

    def __init__(self, file_name: str) -> None:
        """Load the library `file_name`.

        Raises
        ------
        OSError
            If it cannot be loaded, or is another version than those above.
        """
        self._library = ctypes.CDLL(file_name)
        if file_name not in RTMIDI_5 and not hasattr(self._library, "rtmidi_get_version"):
            raise OSError(f"{file_name} is older than RtMidi 5")
        self._functions = {name: self._declare(file_name, name) for name in _SIGNATURES}
        self.version = self._version()
        self.wrapper: type[Wrapper] | type[NewerWrapper] = (
            NewerWrapper if hasattr(self._library, "rtmidi_set_error_callback") else Wrapper
        )

    def __call__(self, name: str, *arguments: object) -> Any:  # noqa: ANN401
        """Call the function `rtmidi_name`."""
        return self._functions[name](*arguments)

    def _declare(self, file_name: str, name: str) -> Callable[..., Any]:
        try:
            function = self._library[f"rtmidi_{name}"]
        except AttributeError:
            raise OSError(f"{file_name} has no rtmidi_{name}") from None
        function.restype, function.argtypes = _SIGNATURES[name]
        return function

    def _version(self) -> str:
        if not hasattr(self._library, "rtmidi_get_version"):
            return "5"
        function = self._library["rtmidi_get_version"]
        function.restype = c_char_p
        return bytes(function()).decode(errors="replace")


def load_functions() -> Functions:
    """Return the functions of the newest library that this system has.

    Raises
    ------
    OSError
        If it has none.
    """
    for file_name in NAMES.get(sys.platform, ()):
        try:
            return Functions(file_name)
        except OSError as error:
            reason = error
    raise OSError(
        f"librtmidi is not installed ({reason})" if NAMES.get(sys.platform) else "no librtmidi is known here"
    )

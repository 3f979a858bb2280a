"""The small icons that a style sheet loads from files: arrows of combo and spin boxes, the tick of a check box."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTemporaryDir

from bridge.desktop.look.icons import pixmap
from bridge.desktop.look.tokens import Tokens

SIGN_PX = 12
_SIGNS = {"arrow_down": ("down", "dim"), "arrow_up": ("up", "dim"), "tick": ("tick", "on_accent")}
"""Name in the style sheet → icon, and the token of its colour."""
_folder: QTemporaryDir | None = None


def write_signs(tokens: Tokens) -> dict[str, str]:
    """Draw the signs in these colours, at 100 % and 200 % scale; return the path of each file by its name."""
    global _folder
    if _folder is None:
        _folder = QTemporaryDir()
    paths = {}
    for name, (icon, token) in _SIGNS.items():
        colour = str(getattr(tokens, token))
        path = Path(_folder.path()) / f"{name}-{colour.removeprefix('#')}.png"
        pixmap(icon, SIGN_PX, colour).save(str(path))
        pixmap(icon, 2 * SIGN_PX, colour).save(str(path.with_stem(path.stem + "@2x")))
        paths[name] = path.as_posix()
    return paths

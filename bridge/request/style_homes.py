"""Homes of the styles that requests name: tempo, meter, length and keys where neither user nor DAW has said any."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bridge.home import user_files

if TYPE_CHECKING:
    from engine.sketch.home import StyleHome
    from engine.sketch.library import StyleLibrary

Signatures = tuple[tuple[str, user_files.Signature | None], ...]


class StyleHomes:
    """Looks up homes among the factory's and the user's styles; the user's files are read again when they change."""

    def __init__(self, styles_dir: Path | None = None) -> None:
        """Take the folder of the user's own styles, which may be missing."""
        self._folder = styles_dir
        self._read: tuple[Signatures, StyleLibrary] | None = None

    def of(self, genres: str) -> StyleHome:
        """Return the home of the style that `genres` asks for."""
        from engine.sketch.home import home_of  # reading the styles takes a moment that not every command needs

        return home_of(genres, self._library())

    def _library(self) -> StyleLibrary | None:
        from engine.sketch.library import load_styles

        if self._folder is None:
            return None
        current = self._signatures(self._folder)
        if not current:
            return None
        if self._read is None or self._read[0] != current:
            self._read = (current, load_styles(self._folder))
        return self._read[1]

    @staticmethod
    def _signatures(folder: Path) -> Signatures:
        try:
            files = sorted(folder.glob("*.toml"))
        except OSError:
            return ()
        return tuple((path.name, user_files.signature(path)) for path in files)

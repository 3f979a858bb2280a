"""The folders of Stem Bridge's own files, by each system's conventions.

`STEMBRIDGE_HOME` puts all of them under one chosen folder: for a portable installation, the demo and tests.
`STEMBRIDGE_MODELS` is a folder for the models alone, which are large: on another disk, or shared by several users.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

APP = "stembridge"
HOME_VARIABLE = "STEMBRIDGE_HOME"
MODELS_VARIABLE = "STEMBRIDGE_MODELS"


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one user: the companion keeps its state in `data`, the user edits the files in `config`."""

    data: Path
    config: Path

    @classmethod
    def of_user(cls) -> Folders:
        """Return this user's folders (platformdirs' rules), or those under `STEMBRIDGE_HOME`."""
        home = os.environ.get(HOME_VARIABLE)
        if home:
            return cls(Path(home).absolute() / "data", Path(home).absolute() / "config")
        import platformdirs

        return cls(
            platformdirs.user_data_path(APP, appauthor=False), platformdirs.user_config_path(APP, appauthor=False)
        )

    @property
    def companion_file(self) -> Path:
        """The file by which DAW scripts find a running companion."""
        return self.data / "companion.json"

    @property
    def database(self) -> Path:
        """The job queue."""
        return self.data / "jobs.sqlite3"

    @property
    def sessions(self) -> Path:
        """Locks of running companions."""
        return self.data / "sessions"

    @property
    def takes(self) -> Path:
        """The project folder for takes whose request names no project."""
        return self.data / "takes"

    @property
    def keys(self) -> Path:
        """The database of API keys, which holds their hashes."""
        return self.data / "keys.sqlite3"

    @property
    def mailbox(self) -> Path:
        """Requests and replies of DAW scripts that can only read and write files."""
        return self.data / "mailbox"

    @property
    def http_takes(self) -> Path:
        """The project folder for takes requested over HTTP without a project; kept for an hour."""
        return self.data / "http"

    @property
    def http_audio(self) -> Path:
        """Audio uploaded over HTTP, and results converted to other formats."""
        return self.data / "http-audio"

    @property
    def models(self) -> Path:
        """The neural models, one folder each."""
        chosen = os.environ.get(MODELS_VARIABLE)
        return Path(chosen).absolute() if chosen else self.data / "models"

    @property
    def engine(self) -> Path:
        """The engine environment, and the tools and downloads for building it."""
        return self.data / "engine"

    @property
    def styles(self) -> Path:
        """The user's own styles for the sketch engine, one TOML file each."""
        return self.config / "styles"

    @property
    def presets(self) -> Path:
        """The user's own presets, one JSON parameter block each."""
        return self.config / "presets"

    @property
    def settings(self) -> Path:
        """The user's settings file."""
        return self.config / "settings.json"

    @property
    def window_memory(self) -> Path:
        """The state that the window keeps between starts."""
        return self.data / "window.json"

    @property
    def waveforms(self) -> Path:
        """Cache of waveform peaks; may be deleted at any time."""
        return self.data / "waveforms"

    @property
    def daw_places(self) -> Path:
        """List of unusual DAW folders that scripts were installed into."""
        return self.data / "daw-folders.json"

    @property
    def sources(self) -> Path:
        """Lengthened copies of takes, the source audio for extending them; kept for a week."""
        return self.data / "sources"

    @property
    def midi_map(self) -> Path:
        """The user's own MIDI map."""
        return self.config / "midi.toml"

    @property
    def genre_map(self) -> Path:
        """The user's own tempo/key → genres rules."""
        return self.config / "genre_map.toml"

"""The paths of the engine environment and its parts on this system."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Location:
    """The folder `root`, which contains the environment's files and nothing else."""

    root: Path

    @property
    def environment(self) -> Path:
        """The virtual environment."""
        return self.root / "environment"

    @property
    def program(self) -> Path:
        """Its Python."""
        return self.environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def packages(self) -> Path | None:
        """Its site-packages folder; None if it does not exist."""
        if os.name == "nt":
            folder = self.environment / "Lib" / "site-packages"
            return folder if folder.is_dir() else None
        return next(iter(sorted(self.environment.glob("lib/python3.*/site-packages"))), None)

    @property
    def record(self) -> Path:
        """The record of a completed environment; written last, so that an interrupted installation has none."""
        return self.root / "record.json"

    @property
    def begun(self) -> Path:
        """The state of an unfinished installation, and the process that works on it."""
        return self.root / "begun.json"

    @property
    def cache(self) -> Path:
        """Downloaded packages; deleted when the environment is complete."""
        return self.root / "cache"

    @property
    def pythons(self) -> Path:
        """Pythons that uv has downloaded."""
        return self.root / "python"

    @property
    def log(self) -> Path:
        """The output of the installing programs, of the latest attempt only."""
        return self.root / "log.txt"

    @property
    def lock(self) -> Path:
        """The lock file of the process that changes the environment."""
        return self.root / "lock"

"""Where the engine environment lies, and what its parts are called on this system."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Location:
    """The folder `root` with all that belongs to the environment, and nothing else."""

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
        """Its folder of packages; None if it is not there."""
        if os.name == "nt":
            folder = self.environment / "Lib" / "site-packages"
            return folder if folder.is_dir() else None
        return next(iter(sorted(self.environment.glob("lib/python3.*/site-packages"))), None)

    @property
    def record(self) -> Path:
        """What was made; written last, so that an environment with a record was once whole."""
        return self.root / "record.json"

    @property
    def begun(self) -> Path:
        """What is being made, and by which process."""
        return self.root / "begun.json"

    @property
    def cache(self) -> Path:
        """Packages that have arrived, until the environment is whole."""
        return self.root / "cache"

    @property
    def pythons(self) -> Path:
        """Pythons that uv has fetched."""
        return self.root / "python"

    @property
    def log(self) -> Path:
        """What the installing programs have said, the latest try alone."""
        return self.root / "log.txt"

    @property
    def lock(self) -> Path:
        """Held by whoever changes the environment."""
        return self.root / "lock"

"""An engine environment that consists of files only, for tests of its readers."""

from __future__ import annotations

import os
import sys
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import EnvironmentRecord, write_record

CODE = b"one = 1\n"
RECORD = EnvironmentRecord(
    device="cpu",
    channel="cpu",
    reason="because",
    asked="auto",
    found="a CPU",
    fingerprint="0123",
    torch="2.13.0+cpu",
    python="3.11",
    version="0.1.0",
    made="2026-01-01T00:00:00",
)


def make_environment(root: Path, record: EnvironmentRecord = RECORD) -> Location:
    """Return an environment in `root` with one distribution, torch 2.13.0+cpu, and this Python."""
    location = Location(root)
    packages = location.environment / ("Lib" if os.name == "nt" else "lib/python3.11") / "site-packages"
    info = packages / "torch-2.13.0+cpu.dist-info"
    info.mkdir(parents=True)
    (packages / "torch").mkdir()
    (packages / "torch" / "__init__.py").write_bytes(CODE)
    rows = [
        f"torch/__init__.py,sha256={urlsafe_b64encode(sha256(CODE).digest()).decode().rstrip('=')},{len(CODE)}",
        "torch/__pycache__/__init__.cpython-311.pyc,,",
        "torch-2.13.0+cpu.dist-info/RECORD,,",
    ]
    (info / "RECORD").write_text("\n".join(rows) + "\n")
    location.program.parent.mkdir(parents=True)
    location.program.symlink_to(sys.executable)
    write_record(location, record)
    return location

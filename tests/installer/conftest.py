"""Makes the installer's modules importable by their bare names, as in `installer/setup.py`."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "installer"))

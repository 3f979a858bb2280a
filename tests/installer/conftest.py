"""The installer's modules are imported as `installer/setup.py` imports them: from its own folder."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "installer"))

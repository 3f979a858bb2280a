"""Gives the package its long description, the README with links that work anywhere; the rest is in pyproject.toml.

To set Stem Bridge up, run `python3 installer/setup.py`.
"""

import runpy
from pathlib import Path

from setuptools import setup

page = runpy.run_path(str(Path(__file__).parent / "installer" / "package_page.py"))

setup(long_description=page["long_description"](), long_description_content_type="text/markdown")

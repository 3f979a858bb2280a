"""The bundle's main program, run by this Python."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from bridge import __version__
from tests.helpers.paths import ROOT

INSTALLER = ROOT / "installer"


def test_the_bundles_program_runs_only_the_projects_modules(tmp_path: Path) -> None:
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(INSTALLER / "entry.py"), *words]
        environ = {"PYTHONPATH": str(ROOT), "STEMBRIDGE_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
        return subprocess.run(command, capture_output=True, text=True, env=environ, cwd=tmp_path)

    for words in (("--version",), ("-m", "bridge", "--version")):
        done = run(*words)
        assert (done.returncode, done.stdout) == (0, f"stembridge {__version__}\n"), done
    refused = run("-m", "http.server")
    assert (refused.returncode, refused.stderr) == (2, "stembridge: 'http.server' is not a module of Stem Bridge.\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"LD_LIBRARY_PATH": "/bundle", "LD_LIBRARY_PATH_ORIG": "/mine"}, {"LD_LIBRARY_PATH": "/mine"}),
        ({"LD_LIBRARY_PATH": "/bundle", "LD_LIBRARY_PATH_ORIG": ""}, {}),
        ({"LD_LIBRARY_PATH": "/bundle"}, {}),
        ({}, {}),
    ],
)
def test_child_processes_get_the_systems_library_path(before: dict[str, str], after: dict[str, str]) -> None:
    module = runpy.run_path(str(INSTALLER / "entry.py"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "environ", dict(before))
        module["_restore_environment"]()
        assert os.environ == {**after, "PYINSTALLER_RESET_ENVIRONMENT": "1"}

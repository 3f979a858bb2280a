"""The requirements of the engine environment, and that they are sufficient for the worker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import bridge.upkeep.engine_env.requirements as reading
from bridge.upkeep.engine_env.record import EnvironmentFault
from bridge.upkeep.engine_env.requirements import NOT_FOR_THE_WORKER, Requirements, normal_name, own_requirements
from engine.optional_libraries import PACKAGES, SEPARATE_PACKAGES
from tests.helpers.paths import ROOT

IMPORTED_AS = {"pyyaml": "yaml", "pillow": "PIL"}


def test_all_that_neural_engines_import_is_in_it() -> None:
    wanted = own_requirements()
    imported = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in wanted.names}
    assert imported >= {*PACKAGES, *SEPARATE_PACKAGES}
    assert wanted.release == "2.13"
    assert not NOT_FOR_THE_WORKER & set(wanted.names)
    assert wanted.pins == ROOT / "constraints.txt"


def test_the_worker_imports_nothing_else() -> None:
    """Sketch engine, ACE-Step and the writer are loaded while the companion's own libraries cannot be imported."""
    walled = ("PySide6", "pythonosc", "rtmidi", "send2trash", "sounddevice", "starlette", "uvicorn")
    assert len(walled) == len(NOT_FOR_THE_WORKER)
    program = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({walled!r}))\n"  # None makes an import fail
        "import bridge.jobs.worker.main, bridge.jobs.worker.run_job, bridge.takes.files, bridge.takes.midifile\n"
        "import bridge.cli.generate, bridge.cli.separate, bridge.jobs.worker.separate_file\n"
        "import engine.sketch.sketch_engine, engine.separate.separator, engine.ace_step.plan, engine.remote.client\n"
        "from pathlib import Path\n"
        "bridge.jobs.worker.run_job.JobRunner(None, None).load('sketch', lambda *_: None)\n"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=120)


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("torch<2.14,>=2.13", "torch"),
        ("Huggingface_Hub>=2", "huggingface-hub"),
        (" stembridge[models] ; extra == 'x'", "stembridge"),
        ("ruamel.yaml", "ruamel-yaml"),
        ("", ""),
        ("# a comment", ""),
    ],
)
def test_names_are_read(requirement: str, name: str) -> None:
    assert normal_name(requirement) == name


def test_extras_that_name_extras_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        "numpy>=2",
        "uvicorn>=0.30",
        'diffusers; extra == "ace-step"',
        'stembridge[separate]; extra == "ace-step"',
        "demucs>=4; extra == 'separate'",
        "torch>=2.13,<2.14; extra == 'separate'",
        'pytest; extra == "test"',
    ]
    monkeypatch.setattr(reading, "requires", lambda _: lines)
    assert own_requirements().others == ("numpy>=2", "diffusers", "demucs>=4")
    monkeypatch.setattr(reading, "requires", lambda _: lines[:2])
    with pytest.raises(EnvironmentFault, match="names no ace-step libraries"):
        own_requirements()


def test_the_fingerprint_changes_with_what_matters_alone(tmp_path: Path) -> None:
    pins = tmp_path / "pins.txt"

    def fingerprint(text: str, *others: str) -> str:
        pins.write_text(text)
        return Requirements("torch>=2.13", others, pins).fingerprint

    first = fingerprint("torch==2.13.0\nnumpy==2.4.6\npytest==9\n", "numpy>=2")
    assert fingerprint("torch==2.13.0\nnumpy==2.4.6\npytest==10\n", "numpy>=2") == first
    assert fingerprint("torch==2.13.1\nnumpy==2.4.6\npytest==9\n", "numpy>=2") != first
    assert fingerprint("torch==2.13.0\nnumpy==2.4.6\npytest==9\n", "numpy>=2.1") != first

"""ACE-Step from the command line to a take on disk: a tiny model, but otherwise the real program."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from engine.models.adopt import adopt
from engine.models.catalogue import find_entry
from engine.models.installed_models import ModelStore
from tests.helpers.command_here import run_here
from tests.helpers.companion_process import CompanionProcess
from tests.helpers.folders import everything_in
from tests.helpers.hub.catalogue import write_catalogue
from tests.helpers.hub.checkpoints import save_all
from tests.helpers.osc_daw import SHORT

TWO_BARS = ("--genres", "dusty house", "--tempo", "97.6", "--time-signature", "7/8", "--key", "Em", "--bars", "2")


@pytest.fixture(scope="module")
def home_with_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user with both tiny models installed."""
    folder = tmp_path_factory.mktemp("home")
    models = folder / "data" / "models"
    models.mkdir(parents=True)
    checkpoints = save_all(tmp_path_factory.mktemp("checkpoints"))
    write_catalogue(models, checkpoints)
    for name in ("tiny-turbo", "tiny-base"):
        entry = find_entry(name, models)
        adopt(entry, checkpoints[entry.repository], ModelStore(models))
    return folder


def generate(home_with_models: Path, out: Path, *flags: str) -> dict[str, Any]:
    done = run_here(home_with_models, "generate", *TWO_BARS, *flags, "--seed", "5", "--out", str(out), "--json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def samples(manifest: dict[str, Any]) -> np.ndarray[Any, Any]:
    audio, _ = soundfile.read(Path(manifest["manifest"]).parent / manifest["mix"]["file"], dtype="int32")
    return np.asarray(audio)


@pytest.mark.slow
def test_auto_means_ace_step_once_a_model_is_installed(home_with_models: Path, tmp_path: Path) -> None:
    first, again = (generate(home_with_models, tmp_path / name) for name in ("first", "again"))
    assert first["engine"] == "ace-step"
    assert first["model"] in ("tiny-turbo", "tiny-base")
    assert first["params"]["model"] == first["model"]
    assert any("ACE-Step" in notice for notice in first["notices"])
    frames = round(2 * 3.5 * 60 / 97.6 * 48_000)
    assert first["frames"] == frames
    assert samples(first).shape == (frames, 2)
    assert first["alignment"]["verdict"] in ("tight", "loose", "could not measure")
    np.testing.assert_array_equal(samples(first), samples(again))


@pytest.mark.slow
def test_a_named_model_runs_and_its_limits_are_reported(home_with_models: Path, tmp_path: Path) -> None:
    manifest = generate(
        home_with_models, tmp_path / "take", "--model", "tiny-turbo", "--steps", "60", "--sample-rate", "44100"
    )
    assert manifest["model"] == "tiny-turbo"
    assert manifest["params"]["steps"] == 8
    assert any("ran 8 steps instead of 60" in notice for notice in manifest["notices"])
    assert manifest["sample_rate"] == 44_100


@pytest.mark.slow
def test_repaint_keeps_the_source_outside_its_region(home_with_models: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    source = (0.2 * rng.standard_normal((48_000 * 11, 2))).astype(np.float32)
    soundfile.write(tmp_path / "source.wav", source, 48_000, "PCM_24")
    (tmp_path / "block.json").write_text(
        json.dumps({"task": "repaint", "source_audio": str(tmp_path / "source.wav"), "region": [3.0, 6.0]})
    )
    flags = ("--params", str(tmp_path / "block.json"), "--model", "tiny-turbo")
    manifest = generate(home_with_models, tmp_path / "take", *flags)
    wanted, _ = soundfile.read(tmp_path / "source.wav", dtype="int32")
    made = samples(manifest)
    assert made.shape == wanted.shape
    outside = np.r_[0 : 3 * 48_000, 6 * 48_000 : len(wanted)]
    np.testing.assert_array_equal(made[outside], wanted[outside])
    assert (made[4 * 48_000 : 5 * 48_000] != wanted[4 * 48_000 : 5 * 48_000]).mean() > 0.9


@pytest.mark.slow
def test_a_source_that_is_not_there_is_one_sentence(home_with_models: Path, tmp_path: Path) -> None:
    (tmp_path / "block.json").write_text(json.dumps({"task": "cover", "source_audio": "/nowhere/x.wav"}))
    done = run_here(
        home_with_models,
        "generate",
        *TWO_BARS,
        "--params",
        str(tmp_path / "block.json"),
        "--out",
        str(tmp_path / "o"),
        "--json",
    )
    assert done.returncode in (1, 2)
    assert "/nowhere/x.wav" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "o").exists()


@pytest.mark.slow
def test_an_engine_killed_mid_step_costs_its_job_alone(home_with_models: Path, tmp_path: Path) -> None:
    block = {
        "genres": "slow drone",
        "engine": "ace-step",
        "model": "tiny-base",
        "steps": 150,
        "cfg": 7,
        "bars": 60,
        "tempo": 120,
        "seed": 1,
    }
    # Its own engine is the sketch: the process that follows the killed one need not load torch again.
    with CompanionProcess(home_with_models, "--engine", "sketch") as companion, companion.daw() as daw:
        daw.send("/project", str(tmp_path))
        job = daw.generate(**block)
        daw.wait_for_phase(job, "generating")
        os.kill(companion.worker_pid(), signal.SIGKILL)
        failed = daw.wait_for("/job/failed", job=job)
        assert "engine process" in str(failed.values[1])
        assert everything_in(tmp_path) == []
        daw.take(**SHORT)

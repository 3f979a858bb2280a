"""The workflows of continuous integration: well formed, for three systems, with scripts that run locally too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.helpers.paths import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
OURS = re.compile(r"(?:python3 )?(\.ci/\S+|installer/\S+\.(?:py|sh))(?: .*)?")
OF_THE_SYSTEM = ("apt-get ", "sudo apt-get ")


def read(path: Path) -> dict[str, Any]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in document.items()}  # YAML 1.1 reads `on` as true


def steps_of(path: Path) -> list[dict[str, Any]]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_well_formed_and_bounded(path: Path) -> None:
    document = read(path)
    assert {"name", "on", "permissions", "jobs"} <= document.keys()
    assert document["permissions"] == {"contents": "read"}
    for name, job in document["jobs"].items():
        assert 0 < job["timeout-minutes"] <= 120, name
        assert ("uses" in job["steps"][0]) or ("run" in job["steps"][0])
        for step in job["steps"]:
            assert len(step.keys() & {"uses", "run"}) == 1, step
            assert re.fullmatch(r"actions/[\w-]+@v\d+", step.get("uses", "actions/x@v1")), step


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_it_calls_only_scripts_that_run_locally_as_well(path: Path) -> None:
    for command in (line for step in steps_of(path) for line in step.get("run", "").splitlines()):
        if command.startswith(OF_THE_SYSTEM):
            continue
        match = OURS.fullmatch(command)
        assert match, f"{path.name}: {command}"
        assert (ROOT / match[1]).is_file(), f"{path.name}: {command}"


def test_all_three_systems_run_the_tests() -> None:
    jobs = read(ROOT / ".github" / "workflows" / "test.yml")["jobs"]
    runs = {name: [step.get("run") for step in job["steps"]] for name, job in jobs.items()}
    for system in ("ubuntu", "macos", "windows"):
        assert any(job["runs-on"].startswith(system) and ".ci/run" in runs[name] for name, job in jobs.items()), (
            system
        )
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").rstrip().endswith("installer/setup.py test")


def test_a_tag_makes_a_release_of_what_every_job_has_built() -> None:
    jobs = read(ROOT / ".github" / "workflows" / "bundle.yml")["jobs"]
    last = jobs.pop("release")
    assert set(last["needs"]) == set(jobs)
    assert last["if"] == "startsWith(github.ref, 'refs/tags/v')"
    assert last["permissions"] == {"contents": "write"}
    for name, job in jobs.items():
        (upload,) = [step for step in job["steps"] if step.get("uses", "").startswith("actions/upload-artifact@")]
        assert upload["with"]["name"] == name
        assert "permissions" not in job
    assert last["steps"][-1]["run"] == "python3 installer/release.py dist --publish"

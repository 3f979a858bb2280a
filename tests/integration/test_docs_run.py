"""Every block of code in README.md and docs/ is run, with a real companion beside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.helpers.companion_process import CompanionProcess
from tests.helpers.docs_blocks import Block, all_blocks
from tests.helpers.docs_stage import Stage
from tests.helpers.waiting import wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.name == "nt", reason="the blocks are for a shell of Linux and macOS"),
]

SHELL = [block for block in all_blocks("sh") if not block.reason]
PYTHON = [block for block in all_blocks("python") if not block.reason]


@pytest.fixture
def stage(tmp_path: Path, companion: CompanionProcess) -> Stage:
    return Stage(tmp_path, companion)


@pytest.mark.parametrize("block", SHELL, ids=lambda block: block.name)
def test_shell_block(block: Block, stage: Stage) -> None:
    stage.put_files(block.text)
    for command in block.commands:
        if not block.why_not(command):
            stage.run(command)


@pytest.mark.parametrize("block", PYTHON, ids=lambda block: block.name)
def test_python_block(block: Block, stage: Stage) -> None:
    before = set(stage.companion.jobs())
    stage.run_python(block.text)
    if "/stembridge/generate" in block.text:
        made = wait_until(lambda: set(stage.companion.jobs()) - before, "the job is there", 60.0)
        wait_until(lambda: all(stage.companion.jobs()[job]["state"] == "done" for job in made), "it is done", 120.0)
    if "/home/me/songs/one" in block.text:
        assert list(stage.song.glob("StemBridge/*/manifest.json"))

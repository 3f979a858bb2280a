"""Texts about models."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.app.events import ModelWork
from bridge.app.models import ModelState
from bridge.desktop.models.words import TASKS, ability, progress, size, status_text
from bridge.request.block.table import SPEC
from engine.models.catalogue import read_catalogue
from engine.models.installed_models import InstalledModel

CATALOGUE = read_catalogue()
ENTRY = CATALOGUE["ace-step-2b-turbo"]
HERE = InstalledModel("m", Path("/m"), "r", "main", "", "MIT", "original", "hub", "2026-11-21", ())


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 kB"),
        (12_345, "12 kB"),
        (999_999, "1000 kB"),
        (1_000_000, "1.0 MB"),
        (84_000_000, "84.0 MB"),
        (99_900_000, "99.9 MB"),
        (100_000_000, "100 MB"),
        (11_500_000_000, "11.5 GB"),
        (250_000_000_000, "250 GB"),
    ],
)
def test_sizes_have_a_unit_and_no_more_digits_than_are_read(count: int, text: str) -> None:
    assert size(count) == text


def test_every_task_of_the_block_has_words() -> None:
    assert set(TASKS) == set(SPEC["task"].choices)


@pytest.mark.parametrize("name", CATALOGUE)
def test_what_a_model_can_do_is_a_sentence(name: str) -> None:
    words = ability(ModelState(CATALOGUE[name], None, 0))
    assert words[0].isupper()
    assert words.count(", ") == max(0, len(CATALOGUE[name].tasks) - 1)


def test_a_model_without_tasks_splits() -> None:
    splitter = next(entry for entry in CATALOGUE.values() if not entry.tasks)
    assert ability(ModelState(splitter, None, 0)) == "Splits a mix into stems"


def test_the_status_is_installed_partly_here_or_not_installed() -> None:
    assert status_text(ModelState(ENTRY, HERE, 5)) == ("installed", "good")
    assert status_text(ModelState(ENTRY, None, 2_000_000)) == (f"2.0 MB of {size(ENTRY.size_bytes)} here", "warn")
    assert status_text(ModelState(ENTRY, None, 0)) == ("not installed", "dim")


def test_progress_has_share_bytes_rate_and_time_left() -> None:
    work = ModelWork("m", "M", "downloading", 340_000_000, 1_000_000_000, 11_000_000)
    assert progress(work) == "Downloading   34 %   340 MB of 1.0 GB   11.0 MB/s   about 60 s left"


def test_progress_leaves_out_what_is_not_known_or_over() -> None:
    assert progress(ModelWork("m", "M", "copying", 0, 0)) == "Copying   0 %   0 kB of 0 kB"
    done = ModelWork("m", "M", "checking", 10, 10, 5.0)
    assert progress(done) == "Checking   100 %   0 kB of 0 kB   0 kB/s"

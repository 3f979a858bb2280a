from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.errors import InvalidValue, ModelFault
from engine.models.catalogue import OWN_FILE, find_entry, read_catalogue
from tests.helpers.hub.catalogue import OWN_ENTRY


def test_every_shipped_model_is_described() -> None:
    known = read_catalogue()
    assert list(known)[:4] == ["ace-step-xl-turbo", "ace-step-2b-turbo", "ace-step-xl-base", "ace-step-2b-base"]
    assert [name for name, entry in known.items() if entry.kind == "separator"] == ["htdemucs", "htdemucs_6s"]
    for entry in known.values():
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", entry.repository)
        if entry.kind == "music":
            assert entry.sampling is not None
            assert entry.sampling.min_shift <= entry.sampling.shift <= entry.sampling.max_shift
            assert entry.sampling.steps <= entry.sampling.max_steps
            assert entry.resident_bytes == pytest.approx(entry.size_bytes, rel=0.02)
            assert entry.resident_bytes == pytest.approx(2 * entry.parameters, rel=0.02)


def test_turbo_has_no_guidance_and_base_all_tasks() -> None:
    for entry in read_catalogue().values():
        if entry.sampling:
            is_turbo = "turbo" in entry.name
            assert (entry.sampling.cfg is None) == is_turbo
            assert ("extract" in entry.tasks) != is_turbo


def test_own_entries_come_first_and_replace_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / OWN_FILE).write_text(OWN_ENTRY + OWN_ENTRY.replace("[mine]", "[ace-step-2b-turbo]"))
    known = read_catalogue(tmp_path)
    assert next(iter(known)) == "mine"
    assert known["ace-step-2b-turbo"].repository == "me/mine"
    assert len(known) == len(read_catalogue()) + 1


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('kind = "music"', 'kind = "video"', "mine.kind"),
        ('label = "Mine"', "", "mine.label"),
        ('layout = "diffusers"', 'layout = "original"', "mine.transformer"),
        ('files = ["*"]', 'files = "*"', "mine.files"),
        ('files = ["*"]', "files = []", "mine.files"),
        ("size = 1000", "size = -1", "mine.size"),
        ("size = 1000", 'size = "big"', "mine.size"),
        ("size = 1000", "size = nan", "mine.size"),
        ("size = 1000", "size = true", "mine.size"),
        ("cfg = 0", "cfg = -1", "mine.cfg"),
        ('["text2music"]', '["text2video"]', "text2video"),
        ("steps = { default = 8, max = 20 }", "steps = 8", "mine.steps"),
        ("max = 20", "least = 20", "mine.steps.max"),
        ("[mine]", "[Mine]", "Mine"),
        ("[mine]", '["../mine"]', "../mine"),
        ("[mine]", "mine = 3\n[other]", "mine"),
        ("[mine]", "[mine", "line 2"),
    ],
)
def test_a_broken_own_catalogue_is_named_with_the_value(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in OWN_ENTRY
    (tmp_path / OWN_FILE).write_text(OWN_ENTRY.replace(old, new))
    with pytest.raises(ModelFault) as caught:
        read_catalogue(tmp_path)
    assert named in str(caught.value)
    assert str(tmp_path / OWN_FILE) in str(caught.value)


def test_an_own_catalogue_that_is_not_text(tmp_path: Path) -> None:
    (tmp_path / OWN_FILE).write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(ModelFault, match=OWN_FILE):
        read_catalogue(tmp_path)


def test_an_unknown_model_is_answered_with_all_names() -> None:
    with pytest.raises(InvalidValue, match=r"ace-step-3b.*|ace-step-2b-turbo"):
        find_entry("ace-step-3b")

"""The output of pip and uv as progress that never decreases."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.upkeep.engine_env.progress import DOWNLOADED, SPANS, PhaseMeter

PIP = """Collecting torch<2.14,>=2.13
  Downloading torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl.metadata (29 kB)
Downloading https://index.example/torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl (200.0 MB)
Progress 0 of 200000000
Progress 100000000 of 200000000
Progress 200000000 of 200000000
Downloading sympy-1.14.0-py3-none-any.whl (6.3 MB)
Installing collected packages: mpmath, sympy, torch
Successfully installed mpmath-1.3.0 sympy-1.14.0 torch-2.13.0"""
UV = """Resolved 9 packages in 1.20s
Downloading torch (190.7MiB)
Downloading sympy (6.0MiB)
 Downloaded sympy
 Downloaded torch
Prepared 9 packages in 12.00s
Installed 9 packages in 320ms"""


def shares(text: str) -> list[float]:
    """Return the share of the phase torch after each line."""
    meter, found = PhaseMeter("torch", 200e6, "installing torch"), []
    begin, end = SPANS["torch"]
    for line in text.splitlines():
        meter.read(line)
        found.append((meter.step().share - begin) / (end - begin))
    return found


def test_pips_bar_moves_the_share() -> None:
    found = shares(PIP)
    assert found == sorted(found)
    assert found[3] == pytest.approx(0.0, abs=0.01)
    assert found[4] == pytest.approx(DOWNLOADED / 2, abs=0.01)
    assert found[5] == pytest.approx(DOWNLOADED, abs=0.01)
    assert found[-1] == 1.0


def test_uvs_files_move_the_share() -> None:
    found = shares(UV)
    assert found == sorted(found)
    assert found[2] == 0.0
    assert found[3] == pytest.approx(DOWNLOADED * 6 * 2**20 / 200e6, abs=0.01)
    assert found[4] == pytest.approx(DOWNLOADED, abs=0.03)
    assert found[-1] == 1.0


def test_words_say_what_is_fetched() -> None:
    meter = PhaseMeter("torch", 1e9, "installing torch")
    assert meter.step().words == "installing torch"
    meter.read(PIP.splitlines()[2])
    assert meter.step().words == "fetching torch (200 MB)"


@given(st.lists(st.one_of(st.text(), st.sampled_from([*PIP.splitlines(), *UV.splitlines()]))))
def test_no_line_breaks_it_or_turns_it_back(lines: list[str]) -> None:
    meter, last = PhaseMeter("libraries", 1e6, "installing"), 0.0
    for line in lines:
        meter.read(line)
        share = meter.step().share
        assert last <= share <= SPANS["libraries"][1]
        last = share


def test_the_phases_follow_each_other() -> None:
    spans = list(SPANS.values())
    assert spans[0][0] == 0.0
    assert spans[-1][1] == 1.0
    assert all(before[1] == after[0] for before, after in pairwise(spans))

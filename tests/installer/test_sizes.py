"""The sizes that are said before anything is fetched."""

from __future__ import annotations

import platform
import sys

import pytest
import sizes


@pytest.mark.parametrize(("system", "size"), [("linux", "5.2 GiB on disk"), ("darwin", "2 GB on disk")])
def test_tests_need_torch_which_is_large_on_linux(system: str, size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    assert size in sizes.of_packages("[test,docs,ace-step]")


def test_the_program_alone_is_small() -> None:
    assert sizes.of_packages("") == "installing Stem Bridge: about 200 MB to fetch, 520 MB on disk"
    assert "builds its pages" in sizes.of_packages("[docs]")
    assert "minutes" in sizes.of_tests()

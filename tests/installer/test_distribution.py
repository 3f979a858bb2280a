"""The Linux distribution, from faked os-release files."""

from __future__ import annotations

import os
from pathlib import Path

import distribution
import pytest
from distribution import Distribution, glibc_version, read_os_release, this_distribution

from tests.helpers.os_releases import ALPINE, ARCH, BOOKWORM, FEDORA, JAMMY, MANJARO, MINT, NOBLE, ROCKY


@pytest.mark.parametrize(
    ("text", "glibc", "family", "has_t64"),
    [
        (BOOKWORM, (2, 36), "debian", False),
        (BOOKWORM.replace("12", "13"), (2, 41), "debian", True),
        (JAMMY, (2, 35), "debian", False),
        (NOBLE, (2, 39), "debian", True),
        (MINT, (2, 39), "debian", True),
        (FEDORA, (2, 41), "fedora", False),
        (ROCKY, (2, 34), "fedora", False),
        (ARCH, (2, 40), "arch", False),
        (MANJARO, (2, 40), "arch", False),
        (ALPINE, (0,), "", False),
        ("", (0,), "", False),
    ],
)
def test_the_family_of_a_linux_comes_from_its_os_release(
    text: str, glibc: tuple[int, ...], family: str, has_t64: bool
) -> None:
    read = read_os_release(text, glibc)
    assert (read.family, read.has_t64) == (family, has_t64)


def test_the_installing_command_begins_with_sudo_except_for_root() -> None:
    debian = Distribution("debian", "Debian")
    assert debian.line(["a", "b"], as_root=True) == "apt-get install -y a b"
    assert debian.line(["a"], as_root=False) == "sudo apt-get install -y a"


def test_the_name_is_the_best_that_the_file_has() -> None:
    assert read_os_release(BOOKWORM, (2, 36)).name == "Debian GNU/Linux 12 (bookworm)"
    assert read_os_release(ARCH, (2, 40)).name == "Arch Linux"
    assert read_os_release(MANJARO, (2, 40)).name == "manjaro"
    assert read_os_release("", (0,)).name == "this Linux"


def test_comments_and_lines_without_a_value_are_skipped() -> None:
    assert read_os_release("# ID=debian\n\nnonsense\nID = 'fedora'\n", (2, 40)).family == "fedora"


def test_the_first_existing_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distribution, "OS_RELEASE", (tmp_path / "etc", tmp_path / "usr"))
    assert this_distribution().name == "this Linux"
    (tmp_path / "usr").write_text(ARCH)
    assert this_distribution().family == "arch"
    (tmp_path / "etc").write_text(FEDORA)
    assert this_distribution().family == "fedora"


@pytest.mark.parametrize(
    ("answer", "version"),
    [
        ("glibc 2.36", (2, 36)),
        ("glibc 2.41.1", (2, 41, 1)),
        ("musl", (0,)),
        ("", (0,)),
        (None, (0,)),
        ("glibc x", (0,)),
    ],
)
def test_the_version_of_the_c_library(
    monkeypatch: pytest.MonkeyPatch, answer: str | None, version: tuple[int, ...]
) -> None:
    monkeypatch.setattr(os, "confstr", lambda _: answer, raising=False)
    assert glibc_version() == version


def test_a_system_without_confstr_has_no_known_c_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "confstr", raising=False)
    assert glibc_version() == (0,)

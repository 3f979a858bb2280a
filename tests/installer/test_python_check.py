"""Advice on a Python that is too old or has no venv."""

from __future__ import annotations

import pytest
import python_check
from distribution import read_os_release

from tests.helpers.os_releases import ALPINE, ARCH, BOOKWORM, FEDORA, JAMMY, ROCKY


@pytest.mark.parametrize(
    ("version", "text", "wanted"),
    [
        ((3, 11, 2), BOOKWORM, ""),
        ((3, 10, 12), JAMMY, "sudo apt-get install -y python3.11 python3.11-venv"),
        ((3, 9, 18), ROCKY, "sudo dnf install -y python3.12"),
        ((3, 9, 0), ALPINE, "https://www.python.org/downloads/"),
    ],
)
def test_the_advice_on_an_old_python_names_a_way_to_a_newer_one(
    version: tuple[int, ...], text: str, wanted: str
) -> None:
    said = python_check.too_old(version, read_os_release(text, (2, 35)), as_root=False)
    assert (wanted in said) if wanted else not said


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (BOOKWORM, "apt-get install -y python3.11-venv"),
        (FEDORA, "dnf install -y python3.11"),
        (ARCH, "pacman -S --needed --noconfirm python"),
        (ALPINE, "install Python with it"),
    ],
)
def test_the_advice_on_a_missing_venv_names_its_package(text: str, wanted: str) -> None:
    def has(name: str) -> bool:
        return name != "ensurepip"

    said = python_check.without_venv((3, 11, 2), read_os_release(text, (2, 36)), True, has)
    assert "ensurepip" in said
    assert wanted in said
    assert not python_check.without_venv((3, 11, 2), read_os_release(text, (2, 36)), True, lambda _: True)


def test_other_systems_get_no_packages() -> None:
    assert "python.org" in python_check.too_old((3, 9, 6), None, as_root=False)
    assert python_check.without_venv((3, 11, 0), None, False, lambda _: False).endswith("install Python with it.")

"""Missing and changed files, found by the lists of the distributions."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from bridge.upkeep.engine_env.damage import damaged, installed, is_runnable, python_version
from bridge.upkeep.engine_env.location import Location
from bridge.upkeep.engine_env.record import (
    EnvironmentFault,
)
from tests.helpers.engine_environment import CODE, make_environment


@pytest.fixture
def location(tmp_path: Path) -> Location:
    return make_environment(tmp_path / "engine")


def test_files_that_are_gone_or_changed_are_damage(location: Location) -> None:
    packages = location.packages
    assert packages is not None
    file = packages / "torch" / "__init__.py"
    assert [one.requirement for one in installed(location)] == ["torch==2.13.0+cpu"]
    right = damaged(location), damaged(location, thorough=True)
    file.write_text("one = 2\n")
    assert damaged(location) == []
    changed = damaged(location, thorough=True)
    file.write_text("one = 11\n")
    longer = damaged(location)
    file.unlink()
    gone = damaged(location)
    assert [len(found) for found in (*right, changed, longer, gone)] == [0, 0, 1, 1, 1]


@pytest.mark.parametrize("text", ["", "torch/__init__.py", '"', "torch/__init__.py,sha256=x,eight"])
def test_a_list_of_files_that_is_none_is_damage(location: Location, text: str) -> None:
    (installed(location)[0].info / "RECORD").write_text(text)
    assert len(damaged(location)) == 1


@pytest.mark.parametrize(
    ("text", "version"),
    [("home = /usr/bin\nversion = 3.12.4\n", (3, 12)), ("version_info = 3.13.0rc1\nuv = 0.13\n", (3, 13))],
)
def test_the_environments_own_version_is_read(location: Location, text: str, version: tuple[int, int]) -> None:
    with pytest.raises(EnvironmentFault, match="is no environment"):
        python_version(location)
    (location.environment / "pyvenv.cfg").write_text(text)
    assert python_version(location) == version


def test_compiled_files_and_files_without_a_size_are_not_compared(location: Location) -> None:
    packages = location.packages
    assert packages is not None
    info = installed(location)[0].info
    (info / "RECORD").write_text("torch/gone.pyc,sha256=x,5\ntorch/no_size.py,,\ntorch/__init__.py,,8\n")
    assert damaged(location, thorough=True) == []


def test_other_hashes_than_sha256_are_compared_too(location: Location) -> None:
    digest = urlsafe_b64encode(hashlib.md5(CODE).digest()).decode().rstrip("=")
    record = installed(location)[0].info / "RECORD"
    record.write_text(f"torch/__init__.py,md5={digest},{len(CODE)}\n")
    assert damaged(location, thorough=True) == []
    record.write_text(f"torch/__init__.py,md5={digest[::-1]},{len(CODE)}\n")
    assert len(damaged(location, thorough=True)) == 1
    record.write_text(f"torch/__init__.py,unheard={digest},{len(CODE)}\n")
    assert len(damaged(location, thorough=True)) == 1


def test_names_are_normalised_and_sorted_as_indexes_write_them(location: Location) -> None:
    packages = location.packages
    assert packages is not None
    for name in ("Zope.Interface-1.0", "huggingface_hub-2.1.0", "PyYAML-6.0"):
        (packages / f"{name}.dist-info").mkdir()
    found = [one.requirement for one in installed(location)]
    assert sorted(found) == ["huggingface-hub==2.1.0", "pyyaml==6.0", "torch==2.13.0+cpu", "zope-interface==1.0"]
    assert installed(Location(location.root / "none")) == []


def test_the_tick_is_called_and_may_stop_the_reading(location: Location) -> None:
    ticks: list[int] = []
    damaged(location, tick=lambda: ticks.append(1))
    assert len(ticks) == 1  # one file with a size
    damaged(location, thorough=True, tick=lambda: ticks.append(1))
    assert len(ticks) == 3  # the file, and its one block

    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        damaged(location, tick=stop)


def test_a_python_that_is_gone_or_has_no_packages_does_not_run(location: Location, tmp_path: Path) -> None:
    assert is_runnable(location)
    location.program.unlink()
    location.program.symlink_to(tmp_path / "removed")
    assert not is_runnable(location)
    assert not is_runnable(Location(tmp_path / "none"))

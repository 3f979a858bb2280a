"""The status of a DAW, and that every installer has the interface."""

from __future__ import annotations

import inspect
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from bridge.daws.all_daws import all_daws
from bridge.daws.daw import Daw, DawStatus


def test_a_status_is_installed_by_its_version_alone() -> None:
    assert not DawStatus("reaper", None).is_installed
    assert not DawStatus("reaper", Path("/x"), is_current=True).is_installed
    assert DawStatus("reaper", Path("/x"), "0.0.1").is_installed


def test_other_notes_make_another_status() -> None:
    status = DawStatus("ardour", Path("/x"), "1.0", is_current=True, is_running=True, heard_s=2.5)
    noted = status.with_notes(("Do this.",))
    assert status.notes == ()
    assert noted.notes == ("Do this.",)
    assert noted.with_notes(()) == status
    with pytest.raises(FrozenInstanceError):
        status.version = "2.0"  # type: ignore[misc]


@pytest.mark.parametrize("daw", all_daws(), ids=lambda daw: daw.name)
def test_every_installer_has_the_methods_of_the_interface(daw: Daw) -> None:
    assert daw.name
    assert daw.label
    for name in ("install", "uninstall", "status"):
        expected, method = inspect.signature(getattr(Daw, name)), inspect.signature(getattr(type(daw), name))
        assert list(method.parameters) == list(expected.parameters) == ["self", "dest"]

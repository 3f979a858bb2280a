"""The address of the engine “remote”: from the settings, unless the environment has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.home.folders import Folders
from bridge.settings import SettingsFile
from bridge.settings.remote_address import KEY_VARIABLE, URL_VARIABLE, find_engine, remote_address
from engine.errors import InvalidValue, StemBridgeError
from engine.remote.address import RemoteAddress


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "data", tmp_path / "config")


def test_without_any_there_is_none(folders: Folders) -> None:
    assert remote_address(folders, {}) is None
    assert remote_address(folders, {URL_VARIABLE: ""}) is None
    assert remote_address(folders, {URL_VARIABLE: "   "}) is None


def test_the_settings_are_read_at_every_call(folders: Folders) -> None:
    settings = SettingsFile(folders.settings)
    settings.set("remote_url", "http://studio.local:9125/")
    assert remote_address(folders, {}) == RemoteAddress.parse("http://studio.local:9125")
    settings.set("remote_key", "sb_one")
    assert remote_address(folders, {}) == RemoteAddress.parse("http://studio.local:9125", "sb_one")


def test_the_environment_wins_over_the_settings_each_by_itself(folders: Folders) -> None:
    settings = SettingsFile(folders.settings)
    settings.set("remote_url", "http://studio.local:9125")
    settings.set("remote_key", "sb_one")
    other = {URL_VARIABLE: "http://other.local:9125"}
    assert remote_address(folders, other) == RemoteAddress.parse("http://other.local:9125", "sb_one")
    assert remote_address(folders, {KEY_VARIABLE: "sb_two"}) == RemoteAddress.parse(
        "http://studio.local:9125", "sb_two"
    )


@pytest.mark.parametrize("url", ["studio", "ftp://studio", "http://", "http://a:b@studio", "http://studio/?x=1"])
def test_no_address_is_an_error_that_names_the_setting(folders: Folders, url: str) -> None:
    with pytest.raises(InvalidValue, match="remote_url"):
        remote_address(folders, {URL_VARIABLE: url})


def test_the_engine_of_a_name_is_found_and_remote_needs_an_address(
    folders: Folders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    assert find_engine(folders, "sketch").name == "sketch"
    with pytest.raises(StemBridgeError):
        find_engine(folders, "remote")
    monkeypatch.setenv(URL_VARIABLE, "http://studio.local:9125")
    assert find_engine(folders, "remote").name == "remote"

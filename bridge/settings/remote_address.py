"""The address of the engine “remote”: environment variables take precedence over settings."""

from __future__ import annotations

import os
from collections.abc import Mapping

from bridge.home.folders import Folders
from bridge.settings import SettingsFile
from engine.contract import EngineInfo
from engine.registry import choose
from engine.remote.address import RemoteAddress

URL_VARIABLE = "STEMBRIDGE_REMOTE_URL"
KEY_VARIABLE = "STEMBRIDGE_KEY"


def remote_address(folders: Folders, environ: Mapping[str, str] = os.environ) -> RemoteAddress | None:
    """Return the current address of the other companion; None if none is set.

    Raises
    ------
    InvalidValue
        If the text is no valid address.
    """
    settings = SettingsFile(folders.settings)
    url = environ.get(URL_VARIABLE) or settings.text("remote_url")
    key = environ.get(KEY_VARIABLE) or settings.text("remote_key")
    return RemoteAddress.parse(url, key, "remote_url") if url.strip() else None


def find_engine(folders: Folders, name: str) -> EngineInfo:
    """Return the engine that the block's `engine` value `name` currently resolves to.

    Raises
    ------
    StemBridgeError
        As `engine.registry.choose`.
    """
    return choose(name, folders.models, lambda: remote_address(folders))

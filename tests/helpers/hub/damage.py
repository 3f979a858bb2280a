"""Damages a folder that holds the tiny model in the diffusers layout."""

from __future__ import annotations

import json
from pathlib import Path

from tests.helpers.hub.fetching import VAE


def edit_json(path: Path, **values: object) -> None:
    """Replace values in a JSON file."""
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def truncate(folder: Path) -> None:
    """Cut the autoencoder's weights short."""
    with (folder / VAE).open("r+b") as file:
        file.truncate(1000)


def corrupt_header(folder: Path) -> None:
    """Write a header length into the autoencoder's weights that the file does not have."""
    (folder / VAE).write_bytes(b"\xff" * 8 + (folder / VAE).read_bytes()[8:])


def empty(folder: Path) -> None:
    """Make the autoencoder's weights an empty file."""
    (folder / VAE).write_bytes(b"")


def lose(folder: Path) -> None:
    """Delete the autoencoder's weights."""
    (folder / VAE).unlink()


def break_config(folder: Path) -> None:
    """Make the transformer's configuration invalid JSON."""
    (folder / "transformer" / "config.json").write_text("{")


def widen_config(folder: Path) -> None:
    """Write another width into the transformer's configuration than its weights have."""
    edit_json(folder / "transformer" / "config.json", hidden_size=2048)

"""`stembridge keys`: creates, lists and revokes API keys for other machines."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import asdict
from datetime import datetime

from bridge.cli.output import print_json
from bridge.doors.http.keys.store import ApiKey, KeyStore
from bridge.home.folders import Folders
from engine.errors import InvalidValue


def run(options: argparse.Namespace) -> int:
    """Create, list or revoke keys, or set a key's credits; return 0."""
    with closing(KeyStore(Folders.of_user().keys)) as store:
        if options.action == "create":
            _create(store, options)
        elif options.action == "list":
            _show(store.all(), options.json)
        elif options.action == "revoke":
            _show([store.revoke(options.id)], options.json)
        else:
            _show([store.set_credits(options.id, _balance(options.balance))], options.json)
    return 0


def _create(store: KeyStore, options: argparse.Namespace) -> None:
    key, secret = store.create(options.name, options.credits, options.rate)
    if options.json:
        print_json({**asdict(key), "key": secret})
    else:
        print(secret)
        print(f"This is the key {key.id} ({key.name}). It is shown this once: keep it.")


def _show(keys: list[ApiKey], as_json: bool) -> None:
    if as_json:
        print_json({"keys": [asdict(key) for key in keys]})
        return
    for key in keys:
        credits = "no limit" if key.credits is None else f"{key.credits} credits"
        state = f"revoked {_day(key.revoked)}" if key.revoked else f"since {_day(key.created)}"
        print(f"{key.id}  {key.name:24} {credits:14} {key.rate}/min  {state}")


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment).astimezone().strftime("%Y-%m-%d")


def _balance(text: str) -> int | None:
    if text == "unlimited":
        return None
    if not text.isascii() or not text.isdigit():
        raise InvalidValue("credits", text, "a whole number of takes, or unlimited")
    return int(text)

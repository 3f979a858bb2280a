"""Finds the companion's files: in the folders that `home.json` here names, else in the system's usual one."""

import functools
import json
import os
import sys

HOME = "home.json"


def data_folder():
    """Return the companion's data folder, in which `companion.json` lies while one runs."""
    return _installed().get("data") or _usual_folder()


def read_companion():
    """Return what `companion.json` says, or None while no companion runs."""
    found = _read(os.path.join(data_folder(), "companion.json"))
    port = found.get("osc_port")
    return found if isinstance(port, int) and 0 < port < 65536 else None


def read_settings():
    """Return the user's settings from the companion's file; settings at their defaults are not in it."""
    path = _installed().get("settings")
    return _read(path) if isinstance(path, str) else {}


@functools.lru_cache(maxsize=None)
def _installed():
    """Return the content of `home.json`, cached: the installer rewrites it only together with the script."""
    return _read(os.path.join(os.path.dirname(os.path.abspath(__file__)), HOME))


def _usual_folder():
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~\\AppData\\Local")
    elif sys.platform == "darwin":
        base = os.path.expanduser("~/Library/Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return os.path.join(base, "stembridge")


def _read(path):
    """Return a JSON object from a file; {} if there is none, or it is just being written."""
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

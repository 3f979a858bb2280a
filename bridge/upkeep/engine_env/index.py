"""Finds an index with the requested build of torch: a channel of PyTorch's index, or PyPI as the fallback.

`STEMBRIDGE_TORCH_INDEX` sets another root for the channels (a mirror of https://download.pytorch.org/whl).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from bridge.upkeep.engine_env.choice import PYPI, WantedBuild, pypi_device
from bridge.upkeep.engine_env.hardware import Hardware, Version
from engine.hardware.device import DeviceKind

ROOT_VARIABLE = "STEMBRIDGE_TORCH_INDEX"
ROOT = "https://download.pytorch.org/whl"
ANSWER_TIMEOUT_S = 15.0
_PLATFORMS = {
    ("linux", "x86_64"): r"linux_.*x86_64|linux_x86_64",
    ("linux", "arm64"): r"linux_.*aarch64|linux_aarch64",
    ("windows", "x86_64"): "win_amd64",
    ("windows", "arm64"): "win_arm64",
    ("darwin", "arm64"): "macosx_.*arm64",
}
"""(system, machine) → pattern of the platform tag in a wheel's name."""

ReadPage = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class TorchBuild:
    """The build of torch to install, and the index that has it.

    Attributes:
        device: the device that it runs on; differs from the requested one if only PyPI has a build.
        channel: such as "cu126"; empty = PyPI.
        index_url: the index to install torch from; empty = the default index of pip or uv.
        reason: sentences for the user: the choice and the reason for it.
    """

    device: DeviceKind
    channel: str
    index_url: str
    reason: str


class IndexUnreachable(Exception):
    """An index could not be read; the text is the reason."""


def find_build(
    wanted: WantedBuild, hardware: Hardware, python: Version, release: str, read: ReadPage | None = None
) -> TorchBuild:
    """Return the build of the first channel with torch `release` (such as "2.13") for this system and Python.

    PyPI's build is the fallback. `read(url)` returns a page or raises `IndexUnreachable`.
    """
    misses = []
    for channel in wanted.channels:
        if channel == PYPI:
            break
        url = f"{os.environ.get(ROOT_VARIABLE, ROOT).rstrip('/')}/{channel}"
        try:
            page = (read or _read_page)(f"{url}/torch/")
        except IndexUnreachable as error:
            misses.append(f"{url} does not answer ({error})")
            continue
        if has_wheel(page, release, python, hardware):
            return TorchBuild(wanted.device, channel, url, f"torch for {channel}, because {wanted.reason}.")
        misses.append(f"{url} has no torch {release} for this system and Python {python[0]}.{python[1]}")
    return _from_pypi(wanted, hardware, misses)


def has_wheel(page: str, release: str, python: Version, hardware: Hardware) -> bool:
    """Return whether an index page lists torch `release`.x for the Python version and system."""
    platform = _PLATFORMS.get((hardware.system, hardware.machine))
    if platform is None:
        return False
    tag = f"cp{python[0]}{python[1]}"
    name = re.compile(rf"torch-{re.escape(release)}\.\d+(\+\w[\w.]*)?-{tag}-{tag}-(many)?({platform})\.whl")
    return any(name.fullmatch(file) for file in _wheel_names(page))


def _wheel_names(page: str) -> Sequence[str]:
    return [unquote(link.split("#")[0].rsplit("/", 1)[-1]) for link in re.findall(r'href="([^"]+)"', page)]


def _from_pypi(wanted: WantedBuild, hardware: Hardware, misses: Sequence[str]) -> TorchBuild:
    """Return PyPI's build, for the CPU if it does not support the requested device."""
    has = pypi_device(hardware)
    fits = has == wanted.device or (has in ("cuda", "mps") and wanted.device == "cpu")
    device: DeviceKind = wanted.device if fits else "cpu"
    reason = f"torch from PyPI, because {wanted.reason}."
    if misses:
        reason = f"torch from PyPI, because {' and '.join(misses)}; wanted was {wanted.device}: {wanted.reason}."
    if not fits:
        reason += f" PyPI's build does not run on {wanted.device} here, so models will run on the CPU."
    return TorchBuild(device, PYPI, "", reason)


def _read_page(url: str) -> str:
    import httpx2

    try:
        answer = httpx2.get(url, timeout=ANSWER_TIMEOUT_S, follow_redirects=True)
        answer.raise_for_status()
    except httpx2.HTTPStatusError as error:
        raise IndexUnreachable(f"HTTP {error.response.status_code}") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise IndexUnreachable(str(error) or type(error).__name__) from None
    return answer.text

"""PyTorch's index pages, and the fallback to PyPI."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.upkeep.engine_env.choice import CPU, CUDA_12, CUDA_13, PYPI, ROCM, WantedBuild, choose
from bridge.upkeep.engine_env.hardware import Hardware, detect_system
from bridge.upkeep.engine_env.index import ROOT, ROOT_VARIABLE, IndexUnreachable, TorchBuild, find_build, has_wheel
from tests.helpers.wheel_index import wheel_index

LINUX, WINDOWS, MAC = Hardware("linux", "x86_64"), Hardware("windows", "x86_64"), Hardware("darwin", "arm64")
RTX_4090 = ("NVIDIA GeForce RTX 4090", (13, 0), (8, 9))
GTX_1080 = ("NVIDIA GeForce GTX 1080", (12, 8), (6, 1))


def with_card(system: Hardware, card: tuple[str, tuple[int, int], tuple[int, int]]) -> Hardware:
    return Hardware(system.system, system.machine, *card)


PAGE = """<!DOCTYPE html><html><body>
<a href="https://elsewhere.example/whl/cu126/torch-2.13.0%2Bcu126-cp311-cp311-manylinux_2_28_x86_64.whl#sha256=00">t</a>
<a href="/whl/cu126/torch-2.13.0%2Bcu126-cp312-cp312-win_amd64.whl">t</a>
<a href="torch-2.9.1%2Bcu126-cp313-cp313-manylinux_2_28_x86_64.whl">t</a>
<a href="torch-2.13.0%2Bcu126-cp313-cp313t-manylinux_2_28_x86_64.whl">t</a>
</body></html>"""


@pytest.mark.parametrize(
    ("release", "python", "machine", "there"),
    [
        ("2.13", (3, 11), LINUX, True),
        ("2.13", (3, 12), WINDOWS, True),
        ("2.13", (3, 12), LINUX, False),
        ("2.13", (3, 13), LINUX, False),  # free-threaded alone
        ("2.9", (3, 13), LINUX, True),
        ("2.1", (3, 11), LINUX, False),  # 2.13 is not 2.1
        ("2.13", (3, 11), Hardware("linux", "arm64"), False),
        ("2.13", (3, 11), Hardware("plan9", "mips"), False),
    ],
)
def test_an_index_page_is_read(release: str, python: tuple[int, int], machine: Hardware, there: bool) -> None:
    assert has_wheel(PAGE, release, python, machine) is there


def test_the_first_channel_with_a_wheel_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, "https://mirror.example/whl/")
    asked: list[str] = []

    def read(url: str) -> str:
        asked.append(url)
        return PAGE

    machine = with_card(LINUX, GTX_1080)
    build = find_build(choose(machine), machine, (3, 11), "2.13", read)
    assert asked == ["https://mirror.example/whl/cu126/torch/"]
    assert (build.device, build.channel, build.index_url) == ("cuda", CUDA_12, "https://mirror.example/whl/cu126")
    assert "GTX 1080" in build.reason


@pytest.mark.parametrize(
    ("machine", "asked", "device", "expected"),
    [
        (LINUX, "auto", "cpu", "does not answer (no route)"),
        (with_card(LINUX, GTX_1080), "auto", "cuda", "does not answer (no route)"),
        (with_card(WINDOWS, RTX_4090), "auto", "cpu", "models will run on the CPU"),
        (Hardware("linux", "x86_64", amd="Radeon"), "auto", "cpu", "models will run on the CPU"),
        (MAC, "cpu", "cpu", "it was asked for"),
    ],
)
def test_without_the_index_pypi_does(machine: Hardware, asked: str, device: str, expected: str) -> None:
    def read(url: str) -> str:
        raise IndexUnreachable("no route")

    build = find_build(choose(machine, asked), machine, (3, 11), "2.13", read)
    assert build == TorchBuild(device, PYPI, "", build.reason)  # type: ignore[arg-type]
    assert expected in build.reason


def test_an_index_without_the_release_is_said() -> None:
    machine = with_card(LINUX, GTX_1080)
    build = find_build(choose(machine), machine, (3, 14), "2.13", lambda _: PAGE)
    assert build.channel == PYPI
    assert "has no torch 2.13 for this system and Python 3.14" in build.reason


def test_a_real_index_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, "http://127.0.0.1:9")
    assert "does not answer" in find_build(choose(LINUX), LINUX, (3, 11), "2.13").reason


def test_a_page_and_an_error_of_a_real_index(monkeypatch: pytest.MonkeyPatch) -> None:
    with wheel_index() as index:
        monkeypatch.setenv(ROOT_VARIABLE, f"{index.url}/whl")
        here, python = detect_system(), sys.version_info[:2]
        wanted = WantedBuild("cpu", (CPU, PYPI), "it was asked for")
        found = find_build(wanted, here, python, "2.13")
        assert (found.channel, found.index_url) == (CPU, f"{index.url}/whl/cpu")
        assert found.reason == "torch for cpu, because it was asked for."
        missing = find_build(WantedBuild("cuda", (CUDA_13, PYPI), "there is a card"), here, python, "2.13")
        assert missing.channel == PYPI
        assert f"{index.url}/whl/cu130 does not answer (HTTP 404)" in missing.reason


def test_all_channels_without_an_answer_are_named() -> None:
    def read(url: str) -> str:
        raise IndexUnreachable("no route")

    build = find_build(WantedBuild("rocm", (ROCM, CUDA_12, PYPI), "why"), LINUX, (3, 11), "2.13", read)
    assert build.reason == (
        f"torch from PyPI, because {ROOT}/{ROCM} does not answer (no route) and {ROOT}/{CUDA_12} does not answer "
        "(no route); wanted was rocm: why. PyPI's build does not run on rocm here, so models will run on the CPU."
    )


@pytest.mark.parametrize(("system", "channel"), [(LINUX, CPU), (MAC, CPU), (WINDOWS, CPU)])
def test_pypis_build_for_a_card_does_for_the_cpu_without_a_warning(system: Hardware, channel: str) -> None:
    build = find_build(WantedBuild("cpu", (channel, PYPI), "why"), system, (3, 11), "2.13", lambda _: "")
    assert build.device == "cpu"
    assert build.reason.endswith("; wanted was cpu: why.")


def test_a_channel_of_pypi_is_taken_without_a_look_at_the_index() -> None:
    def read(url: str) -> str:
        raise AssertionError(url)

    build = find_build(WantedBuild("mps", (PYPI,), "this Mac has Apple's GPU"), MAC, (3, 12), "2.13", read)
    assert build == TorchBuild("mps", PYPI, "", "torch from PyPI, because this Mac has Apple's GPU.")


@given(st.text())
def test_no_page_breaks_the_reading(page: str) -> None:
    assert not has_wheel(page, "2.13", (3, 11), LINUX)

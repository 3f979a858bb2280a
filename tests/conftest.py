"""Settings and fixtures for all tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from tests.helpers.hub.server import LocalHub

# No deadlines: the time that an example takes depends on the machine.
ANY_MACHINE = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
# The same examples in every run, so that no change fails because of examples that are new by chance.
settings.register_profile("same", max_examples=50, derandomize=True, **ANY_MACHINE)
# New examples in every run, and more of them, to find unknown faults: pytest --hypothesis-profile=search
settings.register_profile("search", max_examples=300, **ANY_MACHINE)
settings.load_profile("same")

# The processes of the tests share the machine's cores: threads that libraries start for every core would only spin.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

# A shell makes background processes ignore Ctrl-C, and the programs that the tests start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module", autouse=True)
def nothing_is_left_open() -> Iterator[None]:
    """Names processes and listening sockets that a file of tests leaves behind."""
    from tests.helpers.leaks import left_open

    yield
    left = left_open()
    assert not left, f"left open: {', '.join(left)}"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home folder for companions and commands."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def jack() -> Iterator[None]:
    """A JACK server for the module's tests and the programs that they start; skips them where it cannot run."""
    from tests.helpers.jack_server import jack_server

    with jack_server():
        yield


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Tiny models in every layout, by repository; read only."""
    from tests.helpers.hub.checkpoints import save_all

    return save_all(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture
def hub(checkpoints: dict[str, Path]) -> Iterator[LocalHub]:
    """A hub with the tiny models."""
    from tests.helpers.hub.server import LocalHub

    hub = LocalHub(dict(checkpoints))
    yield hub
    hub.close()

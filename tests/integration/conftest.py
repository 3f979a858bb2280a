from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.helpers.companion_process import CompanionProcess, Start
from tests.helpers.leaks import kept_pids
from tests.helpers.osc_daw import Daw


@pytest.fixture(scope="session")
def companion(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CompanionProcess]:
    """One companion for all tests that leave it unchanged; it must exit cleanly after all of them."""
    with CompanionProcess(tmp_path_factory.mktemp("companion") / "home") as process:
        kept_pids.add(process.pid)
        yield process


@pytest.fixture(scope="session")
def companion_home(companion: CompanionProcess) -> Path:
    """The home folder of the common companion."""
    return companion.home


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts companions for one test, by default with the home folder `tmp_path / "home"`."""
    with ExitStack() as stack:

        def start_one(*arguments: str, home: Path | None = None, prefix: tuple[str, ...] = ()) -> CompanionProcess:
            return stack.enter_context(CompanionProcess(home or tmp_path / "home", *arguments, prefix=prefix))

        yield start_one


@pytest.fixture
def own_companion(start: Start) -> CompanionProcess:
    """A companion of this test alone."""
    return start()


@pytest.fixture
def own_daw(own_companion: CompanionProcess, project: Path) -> Iterator[Daw]:
    """A UDP client of `own_companion` that has sent the state of its session."""
    with own_companion.daw() as daw:
        daw.set_up(project)
        yield daw


@pytest.fixture
def connect(companion: CompanionProcess) -> Iterator[Callable[..., Daw]]:
    """Connects clients to the common companion."""
    with ExitStack() as stack:
        yield lambda transport="udp": stack.enter_context(companion.daw(transport))


@pytest.fixture
def daw(connect: Callable[..., Daw]) -> Daw:
    """A UDP client of the common companion that has sent no session state yet."""
    return connect()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of an empty project."""
    folder = tmp_path / "my song"
    folder.mkdir()
    return folder

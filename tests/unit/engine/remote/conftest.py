from collections.abc import Iterator

import pytest

from engine.remote import follow
from tests.helpers.fake_companion import FakeCompanion, fake_companion


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeCompanion]:
    """Another companion with prepared answers; following it waits only milliseconds."""
    monkeypatch.setattr(follow, "TICK_S", 0.005)
    monkeypatch.setattr(follow, "RETRY_S", 0.005)
    with fake_companion() as companion:
        yield companion

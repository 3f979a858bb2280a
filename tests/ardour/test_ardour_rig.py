"""The rig itself: Ardour really does what the rig asks of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from tests.helpers.ardour.rig import NEW_SESSION, ArdourHome

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_session_is_made_opened_saved_and_rendered(tmp_path: Path, display: str) -> None:
    home = ArdourHome(tmp_path / "ardour")
    session = home.new_session(tmp_path / "song", "song", NEW_SESSION, "44100", "97.6", "7", "8")
    before = session.stat().st_mtime_ns
    with home.run(session, display) as ardour:
        ardour.action("Common/Save")
        ardour.wait_until(lambda: session.stat().st_mtime_ns != before, "the session is saved")
    text = session.read_text()
    assert 'divisions-per-bar="7"' in text
    assert soundfile.info(home.export(session, tmp_path / "mix.wav")).samplerate == 44100

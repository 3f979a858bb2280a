"""A pad triggers a take in REAPER: real ports, a real companion, the real scripts."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from tests.helpers.companion_process import Start
from tests.helpers.jack_server import jack_output
from tests.helpers.reaper_daw import install, running, set_settings, song

OURS = "Stem Bridge:Stem Bridge"
PAD = [0x99, 36, 100]
pytestmark = [pytest.mark.timeout(400), pytest.mark.usefixtures("jack")]


def test_a_pad_triggers_for_a_reaper_with_a_live_link(start: Start, tmp_path: Path) -> None:
    companion = start()
    port = jack_output("pads", OURS)
    inbox = companion.home / "data" / "mailbox" / "in"
    with running(install(companion.home, tmp_path / "REAPER")) as reaper:
        project = song(reaper, tmp_path / "song")
        set_settings(project, bars="2", stems="drums, bass")
        project.cursor_s = project.seconds_at(7.0)
        reaper.press("_STEMBRIDGE_CONNECT")
        reaper.run(lambda: list(inbox.glob("*.json")))
        reaper.run(lambda: not list(inbox.glob("*.json")))  # the companion has read it
        for _ in range(6):  # a JACK that is not real-time loses messages on a busy machine
            port.send_message(PAD)
            with suppress(AssertionError):
                reaper.run(companion.jobs, timeout_s=10.0)
                break
        reaper.run(lambda: project.undo, timeout_s=120)
        assert project.undo == ["Stem Bridge: place a take"]
        assert [track.name for track in project.tracks[1:]] == ["drums", "bass"]
        assert {item.start_s for item in project.items} == {project.seconds_at(7.0)}
        length_s = project.seconds_at(14.0) - project.seconds_at(7.0)
        assert [item.length_s for item in project.items] == pytest.approx([length_s] * 2, abs=1 / 48_000)
        (job,) = companion.jobs().values()
        assert job["params"]["time_signature"] == "7/8"
    port.delete()

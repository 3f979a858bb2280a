"""`stembridge place`: a take in a closed session, which Ardour then opens, renders and saves without errors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.helpers.ardour.rig import ArdourHome
from tests.helpers.ardour.studio import GRID, RATE_HZ, SESSION
from tests.helpers.command_here import refusal, run_generate, run_here
from tests.helpers.companion_process import read_json
from tests.helpers.debian import need

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
LOOK = """
-- Prints the regions on the tracks, then saves.
local session = load_session(arg[1], arg[2])
for track in session:get_tracks():iter() do
  for region in track:to_track():playlist():region_list():iter() do
    local position, length = region:position():samples(), region:length():samples()
    print(string.format("region %s|%s|%d|%d", track:name(), region:name(), position, length))
  end
end
assert(session:save_state("", false, false, false, false, false) == 0)
session = nil
collectgarbage()
close_session()
"""
BLOCK = ("--genres", "funk", "--tempo", "97.6", "--time-signature", "7/8", "--bars", "1", "--seed", "3")


@pytest.fixture
def user(tmp_path: Path) -> ArdourHome:
    need("ardour7-lua")
    return ArdourHome(tmp_path / "user")


@pytest.fixture
def session(user: ArdourHome, tmp_path: Path) -> Path:
    return user.new_session(tmp_path / "my song", "my song", SESSION)


def make_take(home: Path, out: Path, sample_rate: int = RATE_HZ) -> Path:
    params = home / "rate.json"
    params.write_text(json.dumps({"sample_rate": sample_rate}))
    run_generate(home, *BLOCK, "--params", str(params), "--out", str(out))
    return out


def place(home: Path, take: Path, session: Path, *arguments: str) -> dict[str, object]:
    ended = run_here(home, "place", str(take), "--into", str(session), *arguments, "--json")
    assert (ended.returncode, ended.stderr) == (0, "")
    document: dict[str, object] = json.loads(ended.stdout)
    return document


def look(user: ArdourHome, session: Path) -> list[tuple[str, str, int, int]]:
    """Open and save the session in Ardour, which must print no error; return its regions."""
    printed = user.lua(LOOK, session.parent, session.stem)
    assert not re.findall(r"(?i)\[error\].*|.*cannot.*|.*failed.*", printed), printed
    found = re.findall(r"^region (.*?)\|(.*?)\|(\d+)\|(\d+)$", printed, re.MULTILINE)
    return [(track, name, int(position), int(length)) for track, name, position, length in found]


def stem_sum(take: Path) -> np.ndarray:
    stems = read_json(take / "manifest.json")["stems"]
    return sum(soundfile.read(take / stem["file"], always_2d=True)[0] for stem in stems)


def test_ardour_plays_exactly_the_stems_from_its_own_bar_line_on(
    home: Path, user: ArdourHome, session: Path, tmp_path: Path
) -> None:
    take = make_take(home, tmp_path / "take")
    before = session.read_bytes()
    done = place(home, take, session, "--bar", "9")
    bar_line = int(user.lua(GRID, session.parent, session.stem, "9", "9").rsplit("bar 9: ", 1)[1])
    manifest = read_json(take / "manifest.json")
    assert done["start_sample"] == bar_line
    assert Path(str(done["backup"])).read_bytes() == before
    regions = look(user, session)
    assert regions == [
        (stem["name"], f"{stem['name']} {manifest['id']}", bar_line, manifest["frames"]) for stem in manifest["stems"]
    ]
    # The session's range, and so the render, begins with the take.
    heard = soundfile.read(user.export(session, tmp_path / "render.wav"), always_2d=True)[0]
    stems = stem_sum(take)
    assert len(heard) == len(stems)
    inner = slice(64, -64)  # without Ardour's fades
    assert np.max(np.abs(heard[inner] - stems[inner])) < 1e-6


def test_a_second_take_goes_to_the_same_tracks_and_another_rate_is_resampled(
    home: Path, user: ArdourHome, session: Path, tmp_path: Path
) -> None:
    first, second = make_take(home, tmp_path / "a"), make_take(home, tmp_path / "b", 44100)
    place(home, first, session, "--bar", "1")
    look(user, session)
    place(home, second, session, "--bar", "2")
    regions = look(user, session)
    names = [stem["name"] for stem in read_json(first / "manifest.json")["stems"]]
    assert [track for track, *_ in regions] == [name for name in names for _ in range(2)]
    frames = read_json(second / "manifest.json")["frames"] * RATE_HZ / 44100
    assert all(length == pytest.approx(frames, abs=1) for *_, position, length in regions if position > 0)
    assert session.read_text().count("<RouteGroup ") == 1


def test_a_session_that_is_open_is_refused_and_left_alone(
    home: Path, user: ArdourHome, session: Path, tmp_path: Path, display: str
) -> None:
    take = make_take(home, tmp_path / "take")
    with user.run(session, display):
        before = sorted(path for path in session.parent.rglob("*.wav"))
        said = refusal(home, "place", str(take), "--into", str(session), code=1)
        assert "has the session" in said
        assert sorted(path for path in session.parent.rglob("*.wav")) == before
    place(home, take, session)

"""The whole loop in a real Ardour: OSC starts the action, a real companion makes the take, the hook imports it."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import soundfile

from bridge.doors.osc.encode import outgoing
from bridge.doors.osc.reply_files import ReplyFiles
from bridge.doors.osc.table import OscValue
from bridge.takes.colors import stem_color
from engine.music import MeterMap, TempoMap
from tests.helpers.ardour.rig import ArdourProcess
from tests.helpers.ardour.studio import END_BAR, FIRST_BAR, GENERATE, RATE_HZ, REGENERATE, SESSION, ArdourStudio
from tests.helpers.command_here import run_generate
from tests.helpers.companion_process import CompanionProcess, read_json
from tests.helpers.osc_daw import LONG
from tests.helpers.waiting import poll, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
TAKE_S = 180.0
PRESSES, PRESS_S = 4, 30.0
METER_CHANGE = (
    SESSION[: SESSION.index("map:set_tempo")]
    + """
map:set_tempo(Temporal.Tempo(100, 100, 4), Temporal.timepos_t.from_ticks(0))
map:set_meter(Temporal.Meter(4, 4), Temporal.timepos_t.from_ticks(0))
map:set_meter(Temporal.Meter(3, 4), Temporal.timepos_t.from_ticks(3 * 4 * 1920))
"""
    + SESSION[SESSION.index("Temporal.TempoMap.update") :]
)
"""4/4 at 100 BPM, and 3/4 from bar 4 on."""
FADE_FRAMES = 64
"""The length of the fades that Ardour gives every region."""


@pytest.fixture
def ardour_studio(tmp_path: Path, display: str) -> ArdourStudio:
    return ArdourStudio(tmp_path / "studio")


@pytest.fixture
def companion(ardour_studio: ArdourStudio) -> Iterator[CompanionProcess]:
    with CompanionProcess(ardour_studio.home) as process:
        yield process


def wait_for_regions(ardour_studio: ArdourStudio, ardour: ArdourProcess, count: int) -> None:
    """Wait until the session is saved with `count` regions on tracks."""
    ardour.wait_until(lambda: len(ardour_studio.regions()) == count, f"{count} regions are saved", TAKE_S)


def jobs_known(ardour_studio: ArdourStudio) -> int:
    """Return the number of jobs that the companion has taken."""
    port = read_json(ardour_studio.home / "data" / "companion.json")["http_port"]
    with httpx.Client(trust_env=False, timeout=120) as client:
        return len(client.get(f"http://127.0.0.1:{port}/v1/jobs").json()["jobs"])


def generate(ardour_studio: ArdourStudio, ardour: ArdourProcess, action: str = GENERATE) -> dict[str, Any]:
    """Start an action and wait for its take to be in the saved session; return the manifest."""
    takes, regions = len(ardour_studio.takes()), len(ardour_studio.regions())
    jobs = jobs_known(ardour_studio)
    for _ in range(PRESSES):  # on a busy machine Ardour may miss one
        ardour.action(action)
        if poll(lambda: jobs_known(ardour_studio) > jobs, PRESS_S, pause_s=0.2):
            break
    ardour.wait_until(lambda: len(ardour_studio.takes()) > takes, "the take is there", TAKE_S)
    path = ardour_studio.takes()[-1]
    manifest = {**read_json(path), "folder": path.parent}
    wait_for_regions(ardour_studio, ardour, regions + len(manifest["stems"]))
    return manifest


def rendered(ardour_studio: ArdourStudio, folder: Path) -> np.ndarray:
    """Return Ardour's own render of the session, from sample 0 on."""
    audio, rate = soundfile.read(
        ardour_studio.user.export(ardour_studio.session, folder / "render.wav"), always_2d=True
    )
    assert rate == RATE_HZ
    return np.pad(audio, ((ardour_studio.range_start(), 1), (0, 0)))


def test_a_take_lies_on_ardours_grid_and_ardour_plays_exactly_its_stems(
    ardour_studio: ArdourStudio, companion: CompanionProcess, display: str, tmp_path: Path
) -> None:
    grid = ardour_studio.grid(FIRST_BAR, END_BAR)
    with ardour_studio.open(display) as ardour:
        ardour.send("/loop_location", grid[0], grid[-1])
        take = generate(ardour_studio, ardour)
        check_request(take)
        check_grid(take, grid)
        check_regions(ardour_studio, take, grid)
        check_one_undo(ardour_studio, ardour, len(take["stems"]))
    audio = rendered(ardour_studio, tmp_path)
    for lag in (-1, 0, 1):
        residual = residual_db(audio, take, grid[0] + lag)
        assert (residual < -80) == (lag == 0), (lag, residual)


def test_a_change_of_meter_inside_the_loop_is_kept_bar_by_bar(tmp_path: Path, display: str) -> None:
    """Two bars of 4/4 and four of 3/4 are six bars, each beginning where Ardour says."""
    studio = ArdourStudio(tmp_path / "studio", METER_CHANGE)
    grid = studio.grid(2, 8)
    with CompanionProcess(studio.home), studio.open(display) as ardour:
        ardour.send("/loop_location", grid[0], grid[-1])
        take = generate(studio, ardour)
    assert take["meter_map"] == [{"bar": 0, "time_signature": "4/4"}, {"bar": 2, "time_signature": "3/4"}]
    assert (take["bars"], take["time_signature"], take["start_beat"]) == (6.0, "4/4", 4.0)
    meters, tempo_map = MeterMap.parse(take["meter_map"]), TempoMap.constant(take["tempo"])
    ours = [meters.frames(bar, tempo_map, RATE_HZ) for bar in range(7)]
    assert ours == pytest.approx([sample - grid[0] for sample in grid], abs=1)
    assert take["frames"] == ours[-1]
    assert {region.position for region in studio.regions()} == {grid[0]}


def check_request(take: dict[str, Any]) -> None:
    """Check that the request had the session's tempo, meter, key and place."""
    params = take["params"]
    assert (take["time_signature"], take["key"], take["sample_rate"]) == ("7/8", "E minor", RATE_HZ)
    assert (take["tempo"], take["start_beat"], take["bars"]) == (97.6, 14.0, 4.0)
    assert params["genres"].startswith("funk, slap bass")
    points = take["tempo_map"]
    assert [point["bpm"] for point in points[:2]] == [97.6, 120.0]
    assert points[1]["beat"] == 7.0
    assert any(point["ramp"] for point in points)
    assert points[-1]["bpm"] == pytest.approx(132, abs=0.1)


def check_grid(take: dict[str, Any], grid: list[int]) -> None:
    """Check that every bar line in the stems is within one sample of Ardour's; the take ends on the last."""
    tempo_map = TempoMap.parse(take["tempo_map"])
    ours = [tempo_map.frames(3.5 * bar, RATE_HZ) for bar in range(len(grid))]
    assert ours == pytest.approx([sample - grid[0] for sample in grid], abs=1)
    assert take["frames"] == ours[-1]


def check_regions(ardour_studio: ArdourStudio, take: dict[str, Any], grid: list[int]) -> None:
    regions = ardour_studio.regions()
    names = [stem["name"] for stem in take["stems"]]
    assert [region.track for region in regions] == names
    assert [region.name for region in regions] == [f"{name} {take['id']}" for name in names]
    assert {region.position for region in regions} == {grid[0]}
    assert all(abs(region.length - take["frames"]) <= 1 for region in regions)
    root = ElementTree.parse(ardour_studio.session).getroot()
    (group,) = (group for group in root.iter("RouteGroup") if group.get("name") == "Stem Bridge")
    assert len(group.get("routes", "").split()) == len(names)
    for route in root.iter("Route"):
        if route.get("name") in names:
            info = route.find("PresentationInfo")
            assert info is not None
            assert f"#{int(info.get('color', '0')) >> 8:06x}" == stem_color(route.get("name", ""))


def check_one_undo(ardour_studio: ArdourStudio, ardour: ArdourProcess, count: int) -> None:
    for action, left in (("Editor/undo", 0), ("Editor/redo", count)):
        ardour.action(action)
        ardour.action("Common/Save")
        wait_for_regions(ardour_studio, ardour, left)


def residual_db(render: np.ndarray, take: dict[str, Any], start: int) -> float:
    """Return the difference between Ardour's render and the stems' sum at `start`, without the fades, in dB."""
    stems = sum(soundfile.read(take["folder"] / stem["file"], always_2d=True)[0] for stem in take["stems"])
    inner = slice(FADE_FRAMES, len(stems) - FADE_FRAMES)
    played = render[start : start + len(stems)][inner]
    difference = played - stems[inner][: len(played)]
    rms, whole = np.sqrt(np.mean(difference**2)), np.sqrt(np.mean(stems**2))
    return float(20 * np.log10(max(rms, 1e-9) / whole))


def test_regenerate_goes_to_the_same_place_and_tracks_with_another_seed(
    ardour_studio: ArdourStudio, companion: CompanionProcess, display: str
) -> None:
    (ardour_studio.project / "stembridge.txt").write_text("genres = lofi\nkey = F# dorian\nbars = 1\n")
    playhead = ardour_studio.grid(2, 2)[0] + 100
    with ardour_studio.open(display) as ardour:
        ardour.locate(playhead)
        first = generate(ardour_studio, ardour)
        second = generate(ardour_studio, ardour, REGENERATE)
    assert (first["start_beat"], first["bars"], first["key"]) == (3.5, 1.0, "F# dorian")
    assert (second["start_beat"], second["bars"], second["key"]) == (3.5, 1.0, "F# dorian")
    assert first["params"]["seed"] != second["params"]["seed"]
    tracks = {region.track for region in ardour_studio.regions()}
    assert tracks == {stem["name"] for stem in (*first["stems"], *second["stems"])}
    assert len({region.position for region in ardour_studio.regions()}) == 1


def test_a_queued_job_is_done_by_the_next_companion_and_imported(ardour_studio: ArdourStudio, display: str) -> None:
    loop = ardour_studio.grid(5, 6)
    with CompanionProcess(ardour_studio.home) as first, ardour_studio.open(display) as ardour:
        with first.daw() as other:
            other.set_up(ardour_studio.project)
            other.generate(**LONG)
            ardour.send("/loop_location", *loop)
            ardour.action(GENERATE)
            ardour.wait_until(lambda: len(first.jobs()) == 2, "Ardour's job waits behind another one")
        first.kill()
        with CompanionProcess(ardour_studio.home) as second:
            assert second.osc_port != first.osc_port
            ardour.wait_until(lambda: len(ardour_studio.regions()) >= 3, "the take is in the session", TAKE_S)
            (manifest,) = ardour_studio.takes()
            assert len(ardour_studio.regions()) == len(read_json(manifest)["stems"])
            generate(ardour_studio, ardour, REGENERATE)
    assert len(ardour_studio.takes()) == 2


def test_a_take_of_another_rate_is_resampled_and_a_broken_one_is_reported(
    ardour_studio: ArdourStudio, companion: CompanionProcess, display: str, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    arguments = ("--genres", "funk", "--tempo", "97.6", "--time-signature", "7/8", "--bars", "1")
    params = tmp_path / "rate.json"
    params.write_text(json.dumps({"sample_rate": 44100}))
    run_generate(ardour_studio.home, *arguments, "--params", str(params), "--out", str(whole))
    broken = tmp_path / "broken"
    shutil.copytree(whole, broken)
    next(broken.glob("*.wav")).unlink()
    missing = next(path.name for path in whole.glob("*.wav") if not (broken / path.name).exists())
    stems = read_json(whole / "manifest.json")["stems"]
    if missing not in [stem["file"] for stem in stems]:
        missing = stems[0]["file"]
        (broken / missing).unlink()
    with ardour_studio.open(display) as ardour:
        put_message(ardour_studio, "/take/place", str(whole / "manifest.json"), "playhead", 0.0)
        wait_for_regions(ardour_studio, ardour, len(stems))
        frames = read_json(whole / "manifest.json")["frames"]
        for region in ardour_studio.regions():
            assert region.length == pytest.approx(frames * RATE_HZ / 44100, abs=1)
            assert region.position == 0
        saved = ardour_studio.session.read_bytes()
        put_message(ardour_studio, "/take/place", str(broken / "manifest.json"), "trigger", 0.0)
        ardour.wait_until(lambda: f"{missing} is missing" in companion.log.read_text(), "the companion knows")
        assert "0 stems of" in companion.log.read_text()
        assert ardour_studio.session.read_bytes() == saved


def put_message(ardour_studio: ArdourStudio, address: str, *values: OscValue) -> None:
    """Put a message into the session's box, as the companion does for the window's “Send to DAW”."""
    mailbox = ardour_studio.home / "data" / "mailbox"
    # The companion makes the box when it has read the hook's first message.
    (box,) = wait_until(lambda: list((mailbox / "to").glob("*.txt")), "the session has its box")
    ReplyFiles(mailbox).put(box.stem, outgoing(address, *values))

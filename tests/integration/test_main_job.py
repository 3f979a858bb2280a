"""The main job as a DAW requests it: real sockets, a real companion, takes read back from disk."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import mido
import pytest
import soundfile

from tests.helpers.companion_process import CompanionProcess
from tests.helpers.osc_daw import Daw, Message, bundle, packet
from tests.helpers.take_ears import acid, check_complete, chunks, frames_of, take_at, time_reference

PHASES = ["queued", "loading", "generating", "separating", "aligning", "writing"]


BAND = ["drums", "bass", "chords", "pad", "lead", "arp"]
"""The stems of hip hop, which the tempo/key map chooses for 97.6 BPM in E minor: the style's, and its strings."""


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_eight_bars_at_97_6_in_e_minor(connect: Callable[..., Daw], project: Path, transport: str) -> None:
    daw = connect(transport)
    daw.set_up(project)
    daw.send("/generate", 16.0, 8.0)
    accepted = daw.wait_for("/job/accepted")
    job, start_beat = accepted.values
    assert start_beat == 16.0
    manifest = daw.finish(job)
    assert daw.received[-1].values[2] == len(BAND)

    assert manifest.parent.parent == project / "StemBridge"
    assert [path.name for path in project.iterdir()] == ["StemBridge"]
    daw.send("/status", job)
    assert daw.wait_for("/job/done").values[1] == str(manifest)

    told = daw.progress_of(job)
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
    assert all(0.0 <= fraction <= 1.0 for fraction, _ in told)
    order = list(dict.fromkeys(phase for _, phase in told))
    assert order == [phase for phase in PHASES if phase in order]
    assert {"queued", "generating", "writing"} <= set(order)
    assert max(message.size for message in daw.received) <= 1024


@pytest.fixture(scope="module")
def main_take(companion: CompanionProcess, tmp_path_factory: pytest.TempPathFactory) -> dict:
    project = tmp_path_factory.mktemp("main")
    with companion.daw() as daw:
        daw.set_up(project)
        return daw.take(16.0, 8.0)


def test_the_take_is_complete(main_take: dict) -> None:
    check_complete(main_take)
    assert [stem["name"] for stem in main_take["stems"]] == BAND
    own = f"{main_take['title']} {main_take['id'][:4]} 97.6bpm Em"
    for stem in main_take["stems"]:
        assert (stem["file"], stem["midi"]) == (f"{own} {stem['name']}.wav", f"{own} {stem['name']}.mid")
    assert (main_take["mix"]["file"], main_take["song"]["file"]) == (f"{own} mix.wav", "song.mid")


def test_the_manifest_has_the_values_from_the_daw(main_take: dict) -> None:
    assert main_take["tempo"] == 97.6
    assert main_take["params"]["tempo"] == 97.6
    assert main_take["tempo_map"] == []
    assert main_take["time_signature"] == "4/4"
    assert main_take["key"] == "E minor"
    assert (main_take["start_beat"], main_take["bars"], main_take["sample_rate"]) == (16.0, 8.0, 48_000)
    assert main_take["frames"] == frames_of(32, "97.6") == 944_262
    assert main_take["engine"] == "sketch"


def test_the_take_is_marked_as_a_sketch(main_take: dict) -> None:
    assert any("sketch engine" in notice for notice in main_take["notices"])


def test_missing_genres_come_from_the_tempo_and_key_map(main_take: dict) -> None:
    assert main_take["params"]["genres"].strip()
    assert any(
        "tempo/key map" in notice and main_take["params"]["genres"] in notice for notice in main_take["notices"]
    )
    assert "97.6 BPM" in main_take["prompt"]
    assert "E minor" in main_take["prompt"]


def test_the_music_is_measured_on_the_grid(main_take: dict) -> None:
    alignment = main_take["alignment"]
    assert alignment["tempo_measured"] == pytest.approx(97.6, abs=0.05)
    assert alignment["error_ms_median"] < 1.0
    assert abs(alignment["downbeat_offset_ms"]) < 2.0


def test_every_wav_has_tempo_meter_and_position(main_take: dict) -> None:
    for entry in (*main_take["stems"], main_take["mix"]):
        path = main_take["folder"] / entry["file"]
        told = acid(path)
        assert (told.beats, told.numerator, told.denominator) == (32, 4, 4)
        assert told.tempo == pytest.approx(97.6, rel=1e-7)
        assert told.root == (60 if entry.get("name") == "drums" else 64)
        assert time_reference(path) == frames_of(16, "97.6")
        info = chunks(path)[b"LIST"].decode()
        assert info.startswith("INFO")
        assert f"seed {main_take['params']['seed']}" in info
        assert main_take["prompt"] in info


def test_the_midi_has_the_daws_tempo_and_stays_in_the_take(main_take: dict) -> None:
    for stem in main_take["stems"]:
        file = mido.MidiFile(main_take["folder"] / stem["midi"])
        metas = {message.type: message for track in file.tracks for message in track if message.is_meta}
        assert metas["set_tempo"].tempo == round(60_000_000 / 97.6)
        assert (metas["time_signature"].numerator, metas["time_signature"].denominator) == (4, 4)
        assert max(sum(message.time for message in track) for track in file.tracks) <= 32 * file.ticks_per_beat


@pytest.mark.parametrize(
    ("meter", "bars", "beats"),
    [("7/8", 4, Fraction(14)), ("5/4", 3, Fraction(15)), ("12/8", 2, Fraction(12)), ("3/16", 9, Fraction(27, 4))],
)
def test_any_meter(daw: Daw, project: Path, meter: str, bars: int, beats: Fraction) -> None:
    daw.set_up(project)
    numerator, denominator = (int(number) for number in meter.split("/"))
    daw.send("/timesig", numerator, denominator)
    take = daw.take(0.0, float(bars))
    check_complete(take)
    assert take["time_signature"] == meter
    assert take["frames"] == frames_of(beats, "97.6")
    told = acid(take["folder"] / take["mix"]["file"])
    assert (told.numerator, told.denominator) == (numerator, denominator)


@pytest.mark.parametrize("tempo", ["20", "97.6", "123.456", "400"])
def test_any_tempo(daw: Daw, project: Path, tempo: str) -> None:
    daw.set_up(project)
    daw.send("/tempo", float(tempo))
    take = daw.take(0.0, 2.0)
    assert take["tempo"] == float(tempo)
    assert take["frames"] == frames_of(8, tempo)


def test_a_tempo_map_with_a_step_and_a_ramp(daw: Daw, project: Path) -> None:
    daw.set_up(project)
    tempo_map = [
        {"beat": 0.0, "bpm": 90.0, "ramp": False},
        {"beat": 8.0, "bpm": 120.5, "ramp": True},
        {"beat": 16.0, "bpm": 100.0, "ramp": False},
    ]
    take = daw.take(tempo_map=tempo_map, bars=6, genres="funk", start_beat=17.25)
    check_complete(take)
    seconds = Fraction(8 * 60, 90) + Fraction(120 * 8) / (Fraction("120.5") + 100) + Fraction(8 * 60, 100)
    assert take["frames"] == round(seconds * 48_000)
    assert take["tempo_map"] == tempo_map
    assert (take["tempo"], take["start_beat"]) == (90.0, 17.25)
    assert take["alignment"]["error_ms_median"] < 1.0
    daw.send("/generate", 0.0, 1.0)  # the map was in that request only
    assert daw.finish(daw.wait_for("/job/accepted").values[0])
    assert daw.errors_until_pong() == []


def test_a_start_between_the_beats(daw: Daw, project: Path) -> None:
    daw.set_up(project)
    daw.send("/generate", 17.25, 1.0)
    accepted = daw.wait_for("/job/accepted")
    assert accepted.values[1] == 17.25
    manifest = daw.finish(accepted.values[0])
    assert time_reference(next(manifest.parent.glob("* mix.wav"))) == frames_of(Fraction("17.25"), "97.6")


def test_a_trigger_without_arguments_takes_the_playhead_and_eight_bars(daw: Daw, project: Path) -> None:
    daw.set_up(project)
    daw.send("/tempo", 240.0)
    daw.send("/position", 5.5)
    take = daw.take()
    assert (take["start_beat"], take["bars"]) == (5.5, 8.0)


def test_start_seconds_place_the_files(daw: Daw, project: Path) -> None:
    daw.set_up(project)
    take = daw.take(start_beat=16, start_seconds=10.5, bars=1)
    assert time_reference(take["folder"] / take["mix"]["file"]) == 504_000


def test_sample_rate_and_bit_depth(daw: Daw, project: Path) -> None:
    daw.set_up(project, sample_rate=44_100, bit_depth="float")
    take = daw.take(0.0, 2.0)
    assert take["sample_rate"] == 44_100
    assert take["frames"] == frames_of(8, "97.6", 44_100)
    info = soundfile.info(take["folder"] / take["mix"]["file"])
    assert (info.samplerate, info.subtype, info.frames) == (44_100, "FLOAT", take["frames"])


def test_a_preset_with_the_daws_tempo_in_place_of_its_own(daw: Daw, project: Path) -> None:
    daw.set_up(project)
    daw.send("/preset", "Energetic Dance Track")
    take = daw.take(0.0, 1.0)
    assert take["params"]["genres"] == "electronic, house, 97.6 BPM, energetic, driving"
    assert take["tempo"] == 97.6


def test_a_preset_brings_its_length_in_whole_bars(daw: Daw, project: Path) -> None:
    daw.set_up(project, seed=5)
    daw.send("/preset", "Fast Prototyping")
    take = daw.take()
    assert (take["params"]["steps"], take["params"]["cfg"]) == (30, 5.0)
    assert take["bars"] == round(20 * 97.6 / 60 / 4) == 8
    assert take["frames"] == frames_of(32, "97.6")


def test_values_from_the_daw_override_words_in_the_genres(daw: Daw, project: Path) -> None:
    daw.set_up(project)
    daw.send("/genres", "Funk at 128 BPM in A major, 3/4, tight")
    take = daw.take(0.0, 1.0)
    assert take["params"]["genres"] == "Funk at 97.6 BPM in E minor, 4/4, tight"
    assert take["prompt"].count("BPM") == 1


def test_words_in_the_genres_count_where_the_daw_sends_no_value(daw: Daw, project: Path) -> None:
    daw.send("/project", str(project))
    daw.send("/genres", "funk, 128 BPM, A major, 3/4")
    take = daw.take(0.0, 2.0)
    assert (take["tempo"], take["key"], take["time_signature"]) == (128.0, "A major", "3/4")
    assert take["frames"] == frames_of(6, "128")


def test_regenerate_takes_a_new_seed_and_the_present_song(daw: Daw, project: Path) -> None:
    daw.set_up(project, genres="funk", seed=7)
    first = daw.take(4.0, 1.0)
    daw.send("/regenerate")
    manifest = daw.finish(daw.wait_for("/job/accepted").values[0])
    again = take_at(manifest)
    assert again["params"].pop("seed") != first["params"]["seed"]
    assert again["params"] == {name: value for name, value in first["params"].items() if name != "seed"}
    assert again["start_beat"] == first["start_beat"]
    assert again["stems"][0]["sha256"] != first["stems"][0]["sha256"]
    daw.send("/tempo", 140.0)
    daw.send("/regenerate", first["id"])
    third = take_at(daw.finish(daw.wait_for("/job/accepted").values[0]))
    assert (third["tempo"], third["frames"]) == (140.0, frames_of(4, "140"))
    assert (third["start_beat"], third["params"]["genres"]) == (4.0, first["params"]["genres"])
    assert len({first["folder"], manifest.parent, third["folder"]}) == 3


def test_again_makes_exactly_the_same_take_once_more(daw: Daw, project: Path) -> None:
    daw.set_up(project, genres="funk", seed=7)
    first = daw.take(4.0, 1.0)
    daw.send("/tempo", 140.0)
    daw.send("/set", "genres", "ska")
    daw.send("/again")
    again = take_at(daw.finish(daw.wait_for("/job/accepted").values[0]))
    assert (again["params"], again["tempo"], again["start_beat"]) == (first["params"], 97.6, 4.0)
    for one, other in zip(first["stems"], again["stems"], strict=True):
        assert _music(first, one) == _music(again, other)
    assert again["folder"] != first["folder"]


def test_one_stem_is_regenerated_and_the_others_stay_to_the_bit(daw: Daw, project: Path) -> None:
    daw.set_up(project, genres="funk", seed=7)
    takes = [daw.take(0.0, 1.0)]
    for stem in ("bass", "drums"):
        daw.send("/regenerate", "", stem)
        takes.append(take_at(daw.finish(daw.wait_for("/job/accepted").values[0])))
        before, after = ([_music(take, s) for s in take["stems"]] for take in takes[-2:])
        names = [s["name"] for s in takes[0]["stems"]]
        assert [name for name, a, b in zip(names, before, after, strict=True) if a != b] == [stem]
        check_complete(takes[-1])


def _music(take: dict, stem: dict) -> tuple[bytes, bytes]:
    samples, _ = soundfile.read(take["folder"] / stem["file"], dtype="int32")
    return samples.tobytes(), (take["folder"] / stem["midi"]).read_bytes()


def test_a_seed_makes_the_same_music_twice(daw: Daw, project: Path) -> None:
    daw.set_up(project, genres="funk", seed=7)
    first, second = daw.take(0.0, 1.0), daw.take(0.0, 1.0)
    for one, other in zip(first["stems"], second["stems"], strict=True):
        left = soundfile.read(first["folder"] / one["file"])[0]
        right = soundfile.read(second["folder"] / other["file"])[0]
        assert one["name"] == other["name"]
        assert (left == right).all()


def test_two_variations(daw: Daw, project: Path) -> None:
    daw.set_up(project, variations=2, seed=2**32 - 1, genres="funk")
    first = daw.take(0.0, 1.0)
    takes = [take_at(first["folder"] / path) for path in first["variations"]]
    assert [take["params"]["seed"] for take in takes] == [2**32 - 1, 0]
    assert sorted(path.name for path in (project / "StemBridge").iterdir()) == sorted(
        take["folder"].name for take in takes
    )
    for take in takes:
        check_complete(take)
    assert takes[0]["stems"][0]["sha256"] != takes[1]["stems"][0]["sha256"]


def test_an_ableton_project_keeps_takes_under_its_samples(daw: Daw, project: Path) -> None:
    (project / "Ableton Project Info").mkdir()
    daw.set_up(project)
    take = daw.take(0.0, 1.0)
    assert take["folder"].parent == project / "Samples" / "Imported" / "StemBridge"


def test_without_a_project_the_take_lies_in_the_companions_folder(companion: CompanionProcess, daw: Daw) -> None:
    daw.set_up()
    take = daw.take(0.0, 1.0)
    assert take["folder"].parent == companion.home / "data" / "takes" / "StemBridge"


def test_ping_and_status_without_a_job(daw: Daw) -> None:
    daw.send("/ping")
    assert daw.wait_for("/pong").values == ()
    daw.send("/status")
    assert daw.wait_for("/status").values == ("idle", 0)


def test_hello_is_answered_with_version_and_http_port(companion: CompanionProcess, daw: Daw) -> None:
    daw.send("/hello", "REAPER", "7.2")
    version, http_port = daw.wait_for("/welcome").values
    assert version.count(".") == 2
    assert http_port == companion.http_port


def test_a_reply_port_gets_all_replies(connect: Callable[..., Daw], project: Path) -> None:
    daw, ear = connect(), connect()
    daw.send("/hello", "REAPER", "7.2", ear.socket.getsockname()[1])
    assert ear.wait_for("/welcome")
    daw.send("/tempo", 0.0)
    assert ear.wait_for("/error").values[1] == "/stembridge/tempo"
    daw.send("/tempo", 97.6)
    daw.send("/project", str(project))
    daw.send("/generate", 0.0, 1.0)
    ear.finish(ear.wait_for("/job/accepted").values[0])
    daw.send("/hello", "REAPER", "7.2")
    assert daw.receive().name == "/welcome"  # back to its own port, which has received nothing before
    assert len(daw.received) == 1


def test_a_bundle_is_read_in_order(daw: Daw, project: Path) -> None:
    daw.send_bytes(
        bundle(
            packet("/stembridge/project", str(project)),
            bundle(packet("/stembridge/tempo", 97.6), packet("/stembridge/timesig", 3, 4)),
            packet("/stembridge/generate", 0.0, 1.0),
        )
    )
    take = take_at(daw.finish(daw.wait_for("/job/accepted").values[0]))
    assert (take["tempo"], take["time_signature"]) == (97.6, "3/4")


def test_numbers_may_come_in_the_other_type(daw: Daw, project: Path) -> None:
    """Pure Data, Lua and REAPER send every number as a float, others send whole numbers as int32."""
    daw.send("/timesig", 7.0, 8.0)
    daw.send("/tempo", 120)
    daw.send("/project", str(project))
    daw.send("/generate", 4, 2)
    take = take_at(daw.finish(daw.wait_for("/job/accepted").values[0]))
    assert (take["time_signature"], take["tempo"], take["start_beat"], take["bars"]) == ("7/8", 120.0, 4.0, 2.0)


def test_every_client_has_its_own_session(connect: Callable[..., Daw], tmp_path: Path) -> None:
    daws = [connect(), connect(), connect("tcp")]
    projects = [tmp_path / str(number) for number in range(3)]
    jobs = []
    for daw, folder, tempo in zip(daws, projects, (90.0, 120.0, 180.0), strict=True):
        folder.mkdir()
        daw.set_up(folder)
        daw.send("/tempo", tempo)
        jobs.append(daw.generate(0.0, 1.0))
    for daw, folder, tempo, job in zip(daws, projects, (90.0, 120.0, 180.0), jobs, strict=True):
        take = take_at(daw.finish(job))
        assert take["tempo"] == tempo
        assert take["folder"].is_relative_to(folder)
        assert daw.errors_until_pong() == []
        about = {message.values[0] for message in daw.received if message.name.startswith("/job/")}
        assert about == {job}


def test_jobs_run_in_the_order_of_their_requests(connect: Callable[..., Daw], project: Path) -> None:
    one, other = connect(), connect()
    for daw in (one, other):
        daw.set_up(project)
        daw.send("/tempo", 300.0)
    jobs = [daw.generate(0.0, 1.0) for daw in (one, other, one, other)]
    paths = [daw.finish(job) for daw, job in zip((one, other, one, other), jobs, strict=True)]
    times = [(path.stat().st_mtime_ns) for path in paths]
    assert times == sorted(times)
    assert [m.values[0] for m in one.received if m.name == "/job/done"] == jobs[::2]
    assert [m.values[0] for m in other.received if m.name == "/job/done"] == jobs[1::2]


def test_status_by_id_of_another_clients_job(connect: Callable[..., Daw], project: Path) -> None:
    one, other = connect(), connect()
    one.set_up(project)
    job = one.generate(0.0, 1.0)
    manifest = one.finish(job)
    other.send("/status", job)
    assert other.receive() == Message("/job/done", (job, str(manifest), len(BAND)), other.received[-1].size)
    other.send("/cancel", job)
    refused = other.wait_for("/error")
    assert job in refused.values[0]
    assert refused.values[1] == "/stembridge/cancel"


def test_params_merge_and_empty_text_resets(daw: Daw, project: Path) -> None:
    daw.set_up(project)
    daw.send("/params", '{"steps": 77, "cfg": 9, "seed": 3}')
    daw.send("/params", '{"cfg": 2.5}')
    daw.send("/set", "steps", "")
    daw.send("/set", "shift", 1.5)
    take = daw.take(0.0, 1.0)
    block = take["params"]
    assert (block["cfg"], block["seed"], block["shift"]) == (2.5, 3, 1.5)
    assert "steps" not in block, "what was given back, nobody says"


def test_values_in_a_request_leave_the_session_unchanged(daw: Daw, project: Path) -> None:
    daw.set_up(project)
    own = daw.take(tempo=150.25, key="F# dorian", time_signature="6/8", bars=1, seed=1)
    assert (own["tempo"], own["key"], own["time_signature"]) == (150.25, "F# dorian", "6/8")
    after = daw.take(0.0, 1.0)
    assert (after["tempo"], after["key"], after["time_signature"]) == (97.6, "E minor", "4/4")


def test_stems_by_name_in_the_requested_order(daw: Daw, project: Path) -> None:
    daw.set_up(project, stems="bass,drums")
    take = daw.take(0.0, 2.0)
    check_complete(take)
    assert [stem["name"] for stem in take["stems"]] == ["bass", "drums"]


def test_bars_may_be_fractions(daw: Daw, project: Path) -> None:
    daw.set_up(project)
    take = daw.take(0.0, 1.5)
    assert take["frames"] == frames_of(6, "97.6")
    assert math.isclose(take["bars"], 1.5)

"""Takes in Ableton Live: the real control surface in a strict fake Live, with a real companion."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.ableton.fake_live.strict import Version
from tests.helpers.live_daw import (
    FILL_LOOP,
    REGENERATE,
    VARIATIONS,
    arrangement_clips,
    generate,
    library,
    live_companion,
    live_home,
    manifest_of,
    press,
    running,
    saved_set,
    set_settings,
    song_of_97,
    stem_tracks,
)

__all__ = ["library", "live_companion", "live_home"]  # fixtures


pytestmark = pytest.mark.usefixtures("live_companion")


def test_a_pad_puts_stems_on_new_tracks_at_the_playhead_in_one_undo_step(library: Path, tmp_path: Path) -> None:
    file = saved_set(tmp_path)
    with running(library, file) as live:
        song_of_97(live)
        live.song.current_song_time = 14.0
        before = len(live.rules.history)
        generate(live)
        clips = arrangement_clips(live)
        manifest = manifest_of(clips[0])
        assert manifest["path"].parent.parent == file.parent / "Samples" / "Imported" / "StemBridge"
        assert (manifest["tempo"], manifest["time_signature"], manifest["key"]) == (97.6, "7/8", "D dorian")
        assert [clip.name for clip in clips] == [stem["name"] for stem in manifest["stems"]]
        assert [track.name for track in stem_tracks(live)] == [f"SB {stem['name']}" for stem in manifest["stems"]]
        assert [f"#{clip.color:06x}" for clip in clips] == [stem["color"] for stem in manifest["stems"]]
        assert {clip.start_time for clip in clips} == {14.0}
        assert {round(clip.length, 3) for clip in clips} == {3.5}
        assert len(live.rules.history) == before + 1
        assert live.most_clips_in_a_tick == 1
        live.song.undo()
        assert stem_tracks(live) == []


@pytest.mark.parametrize("guess", ["right", "half", "double"])
def test_clips_that_live_warped_wrong_are_unwarped_to_their_exact_length(
    library: Path, tmp_path: Path, guess: str
) -> None:
    with running(library, saved_set(tmp_path)) as live:
        song_of_97(live)
        live.auto_warp(guess)
        generate(live)
        live.tick()
        for clip in arrangement_clips(live):
            assert clip.warping == (guess == "right")
            assert clip.length == pytest.approx(3.5, abs=0.001)


@pytest.mark.parametrize("version", [(11, 0, 0), (12, 0, 0)])
def test_a_live_too_old_for_clips_from_files_shows_the_folder(
    library: Path, tmp_path: Path, version: Version
) -> None:
    with running(library, saved_set(tmp_path), version) as live:
        press(live)
        live.wait_for("cannot take clips from a script")
        assert stem_tracks(live) == []
        folder = Path(live.messages[-1].split("drag the stems in from ")[1])
        assert (folder / "manifest.json").is_file()


@pytest.mark.parametrize("version", [(11, 3, 25), (12, 0, 5), (12, 2, 0)])
def test_every_live_that_can_create_clips_gets_them(library: Path, tmp_path: Path, version: Version) -> None:
    with running(library, saved_set(tmp_path), version) as live:
        generate(live)
        assert arrangement_clips(live)


def test_an_edition_with_too_few_tracks_gets_none_and_shows_a_sentence(library: Path, tmp_path: Path) -> None:
    with running(library, saved_set(tmp_path), track_limit=6) as live:
        press(live)
        live.wait_for("allows no more tracks")
        assert stem_tracks(live) == []
        assert len(live.song.tracks) == 4


def test_a_set_never_saved_keeps_its_takes_with_the_companion(library: Path, live_home: Path) -> None:
    with running(library) as live:
        generate(live)
        assert live.said("Collect All and Save")
        assert manifest_of(arrangement_clips(live)[0])["path"].is_relative_to(live_home / "data" / "takes")


def test_a_set_saved_under_another_name_takes_its_takes_along(library: Path, tmp_path: Path) -> None:
    with running(library, saved_set(tmp_path)) as live:
        other = saved_set(tmp_path, "other")
        live.song._values["file_path"] = str(other)
        generate(live)
        assert manifest_of(arrangement_clips(live)[0])["path"].is_relative_to(other.parent)


def test_regenerate_adds_take_lanes_to_the_tracks_that_are_there(
    library: Path, live_home: Path, tmp_path: Path
) -> None:
    set_settings(live_home, live_placing="take lanes")
    with running(library, saved_set(tmp_path)) as live:
        generate(live)
        tracks = stem_tracks(live)
        generate(live, REGENERATE)
        again = next(lane for lane in tracks[0].take_lanes).arrangement_clips[0]
        assert all(len(track.take_lanes) == 1 for track in tracks if track.name == f"SB {again.name}")
        assert again.file_path != tracks[0].arrangement_clips[0].file_path


def test_selected_tracks_are_filled_first(library: Path, live_home: Path, tmp_path: Path) -> None:
    set_settings(live_home, live_placing="selected tracks")
    with running(library, saved_set(tmp_path)) as live:
        midi, audio = live.song.tracks[1], live.song.tracks[2]
        live.song._values["selection"] += [midi, audio]
        generate(live)
        assert len(audio.arrangement_clips) == 1
        assert audio.name == "3-Audio"
        assert len(stem_tracks(live)) == len(manifest_of(audio.arrangement_clips[0])["stems"]) - 1


def test_the_session_gets_a_row_of_looping_clips(library: Path, live_home: Path, tmp_path: Path) -> None:
    set_settings(live_home, live_placing="session")
    with running(library, saved_set(tmp_path)) as live:
        live.auto_warp("right")
        live.song.view.selected_scene = live.song.scenes[2]
        generate(live)
        rows = [[slot.has_clip for slot in track.clip_slots] for track in stem_tracks(live)]
        assert rows
        assert all(row == [False, False, True, False] for row in rows)
        assert all(track.clip_slots[2].clip.looping for track in stem_tracks(live))


def test_a_launched_trigger_clip_is_replaced_by_its_music_at_the_next_launch(library: Path, tmp_path: Path) -> None:
    with running(library, saved_set(tmp_path)) as live:
        track = live.song.tracks[0]
        trigger = track.put_midi_clip(1, "@stembridge disco, strings | 1")
        live.tick()
        track.clip_slots[1].fire()
        live.wait_for("once more")
        assert trigger.name == "@stembridge disco, strings | 1 | ready"
        assert stem_tracks(live) == []
        track.clip_slots[1].fire()
        live.wait_for("placed")
        assert not track.clip_slots[1].has_clip
        assert all(track.playing_slot_index == 1 for track in stem_tracks(live))
        manifest = manifest_of(stem_tracks(live)[0].clip_slots[1].clip)
        assert (manifest["params"]["genres"].split(",")[0], manifest["bars"]) == ("disco", 1)


def test_a_loop_is_filled(library: Path, tmp_path: Path) -> None:
    with running(library, saved_set(tmp_path)) as live:
        song = live.song
        song.loop, song.loop_start, song.loop_length = True, 8.0, 4.0
        generate(live, FILL_LOOP)
        clip = arrangement_clips(live)[0]
        assert (clip.start_time, round(clip.length, 3)) == (8.0, 4.0)


def test_a_tempo_that_changed_while_the_music_was_made_is_reported(library: Path, tmp_path: Path) -> None:
    with running(library, saved_set(tmp_path)) as live:
        press(live)
        live.run(lambda: live.messages, "the job is taken")
        live.song.tempo = 140.0
        live.wait_for("they were made for 120 BPM, the set is at 140 now")
        assert arrangement_clips(live)


def test_another_clip_in_the_slot_of_a_ready_one_makes_a_new_request(library: Path, tmp_path: Path) -> None:
    with running(library, saved_set(tmp_path)) as live:
        track = live.song.tracks[0]
        for genres in ("disco", "techno"):
            track.put_midi_clip(0, f"@stembridge {genres} | 1")
            live.tick()
            track.clip_slots[0].fire()
            live.wait_for(f"Ready: launch “@stembridge {genres} | 1 | ready” once more")
        assert stem_tracks(live) == []


def test_every_variation_gets_its_own_row(library: Path, live_home: Path, tmp_path: Path) -> None:
    set_settings(live_home, live_placing="session")
    with running(library, saved_set(tmp_path)) as live:
        live.song.view.selected_scene = live.song.scenes[3]
        generate(live, VARIATIONS)
        rows = [[slot.has_clip for slot in track.clip_slots] for track in stem_tracks(live)]
        assert all(row == [False, False, False, True, True] for row in rows)
        files = [slot.clip.file_path for slot in stem_tracks(live)[0].clip_slots if slot.has_clip]
        assert len({Path(file).parent for file in files}) == 2

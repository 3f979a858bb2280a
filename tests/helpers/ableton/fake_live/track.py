"""Tracks, their clip slots and take lanes."""

from __future__ import annotations

from typing import Any

from tests.helpers.ableton.fake_live.clip import Clip, midi_clip
from tests.helpers.ableton.fake_live.strict import CLIPS_FROM_FILES, Computed, LiveObject, Member, Rules, method

LAST_BEAT = 1_576_800
LANES_SINCE = (12, 2, 0)


class ClipSlot(LiveObject):
    clip = Computed(lambda slot: slot._values["clip"])
    has_clip = Computed(lambda slot: slot._values["clip"] is not None, listens=True)
    canonical_parent = Computed(lambda slot: slot._values["track"])

    @method(str, since=CLIPS_FROM_FILES)
    def create_audio_clip(self, path: str) -> Clip:
        self._values["track"]._check_takes_audio()
        if self._values["clip"] is not None:
            raise RuntimeError("The slot already has a clip")
        self._rules.undoable(lambda: self._put(None))
        self._put(self._values["track"]._new_clip(path, 0.0))
        return self._values["clip"]

    @method()
    def delete_clip(self) -> None:
        clip = self._values["clip"]
        if clip is None:
            raise RuntimeError("The slot has no clip")
        self._rules.undoable(lambda: self._put(clip))
        clip._delete()
        self._put(None)

    @method()
    def fire(self) -> None:
        """Launch the clip; the track plays it at once."""
        self._values["track"]._launch(self)

    def _put(self, clip: Clip | None) -> None:
        if clip is not None:
            object.__setattr__(clip, "_is_gone", False)
        self._values["clip"] = clip
        self._notify("has_clip")


class TakeLane(LiveObject):
    name = Member(str, writable=True, listens=True, since=LANES_SINCE)
    arrangement_clips = Computed(lambda lane: list(lane._values["clips"]), listens=True, since=LANES_SINCE)

    @method(str, float, since=LANES_SINCE)
    def create_audio_clip(self, path: str, start_time: float) -> Clip:
        return self._values["track"]._add_clip(self._values["clips"], path, start_time)


class Track(LiveObject):
    name = Member(str, writable=True, listens=True)
    color = Member(int, writable=True, listens=True)
    has_audio_input = Member(bool)
    has_midi_input = Member(bool)
    is_foldable = Member(bool)
    is_frozen = Member(bool, listens=True)
    is_part_of_selection = Computed(lambda track: track in track._values["song"]._values["selection"])
    clip_slots = Computed(lambda track: list(track._values["slots"]), listens=True)
    arrangement_clips = Computed(lambda track: list(track._values["clips"]), listens=True)
    take_lanes = Computed(lambda track: list(track._values["lanes"]), listens=True, since=LANES_SINCE)
    fired_slot_index = Member(int, listens=True)
    playing_slot_index = Member(int, listens=True)

    @method(str, float, since=CLIPS_FROM_FILES)
    def create_audio_clip(self, path: str, start_time: float) -> Clip:
        return self._add_clip(self._values["clips"], path, start_time)

    @method(since=LANES_SINCE)
    def create_take_lane(self) -> TakeLane:
        lane = TakeLane(self._rules, name=f"Take {len(self._values['lanes']) + 1}", clips=[], track=self)
        self._rules.undoable(lambda: self._values["lanes"].remove(lane))
        self._values["lanes"].append(lane)
        return lane

    @method(Clip)
    def delete_clip(self, clip: Clip) -> None:
        for clips in (self._values["clips"], *(lane._values["clips"] for lane in self._values["lanes"])):
            if clip in clips:
                self._rules.undoable(lambda clips=clips: clips.append(clip))
                clips.remove(clip)
                clip._delete()
                return
        raise RuntimeError("The clip is not on this track")

    def _add_clip(self, clips: list[Clip], path: str, start_time: float) -> Clip:
        self._check_takes_audio()
        if not 0 <= start_time <= LAST_BEAT:
            raise RuntimeError(f"The position {start_time} is outside the arrangement")
        self._rules.undoable(lambda: clips.pop())
        clip = self._new_clip(path, start_time)
        clips.append(clip)
        return clip

    def _new_clip(self, path: str, start_time: float) -> Clip:
        song = self._values["song"]
        guess, tempo = song._values["auto_warp"], song._values["file_tempo"] or song.tempo
        clip = Clip.of_file(self._rules, song, path, start_time, guess, tempo)
        song._values["unsettled"].append(clip)
        return clip

    def _check_takes_audio(self) -> None:
        if not self._values["has_audio_input"] or self._values["is_foldable"]:
            raise RuntimeError("Audio clips can be made on audio tracks only")
        if self._values["is_frozen"]:
            raise RuntimeError("The track is frozen")

    def _launch(self, slot: ClipSlot) -> None:
        index = self._values["slots"].index(slot)
        self._change("fired_slot_index", index)
        self._change("playing_slot_index", index)
        self._change("fired_slot_index", -1)

    def _add_slot(self) -> None:
        self._values["slots"].append(ClipSlot(self._rules, clip=None, track=self))

    # Actions of the user:
    def put_midi_clip(self, row: int, name: str, notes: list[float] | None = None, length: float = 4.0) -> Clip:
        clip = midi_clip(self._rules, self._values["song"], name, notes or [], length)
        self._values["slots"][row]._put(clip)
        return clip

    def stop(self) -> None:
        self._change("playing_slot_index", -2)


def new_track(rules: Rules, song: Any, name: str, *, is_midi: bool, rows: int, is_group: bool = False) -> Track:
    track = Track(
        rules,
        song=song,
        name=name,
        color=0,
        has_audio_input=not is_midi and not is_group,
        has_midi_input=is_midi,
        is_foldable=is_group,
        is_frozen=False,
        slots=[],
        clips=[],
        lanes=[],
        fired_slot_index=-1,
        playing_slot_index=-1,
    )
    for _ in range(rows):
        track._add_slot()
    return track

"""The set: its transport, scale, tracks and scenes."""

from __future__ import annotations

from typing import Any

from tests.helpers.ableton.fake_live.strict import Computed, LiveObject, Member, Rules, method
from tests.helpers.ableton.fake_live.track import Track, new_track

PATH_SINCE = (11, 3, 25)


class LimitationError(RuntimeError):
    """The error that Live raises when its edition allows no more of something."""


class Scene(LiveObject):
    name = Member(str, writable=True, listens=True)
    clip_slots = Computed(lambda scene: scene._values["song"]._row(scene))


class View(LiveObject):
    selected_track = Member(Track, writable=True, listens=True)
    selected_scene = Member(Scene, writable=True, listens=True)


class Song(LiveObject):
    tempo = Member(float, writable=True, listens=True)
    signature_numerator = Member(int, writable=True, listens=True)
    signature_denominator = Member(int, writable=True, listens=True)
    root_note = Member(int, writable=True, listens=True)
    scale_name = Member(str, writable=True, listens=True)
    scale_mode = Member(bool, writable=True, listens=True, since=(12, 0, 5))
    current_song_time = Member(float, writable=True, listens=True)
    is_playing = Member(bool, writable=True, listens=True)
    loop = Member(bool, writable=True, listens=True)
    loop_start = Member(float, writable=True, listens=True)
    loop_length = Member(float, writable=True, listens=True)
    song_length = Member(float, listens=True)
    file_path = Member(str, since=PATH_SINCE)
    name = Member(str, since=PATH_SINCE)
    view = Computed(lambda song: song._values["view"])
    tracks = Computed(lambda song: list(song._values["tracks"]), listens=True)
    scenes = Computed(lambda song: list(song._values["scenes"]), listens=True)

    @method((int, None))
    def create_audio_track(self, index: int = -1) -> Track:
        return self._insert("Audio", index, is_midi=False)

    @method((int, None))
    def create_midi_track(self, index: int = -1) -> Track:
        return self._insert("MIDI", index, is_midi=True)

    @method(int)
    def delete_track(self, index: int) -> None:
        tracks = self._values["tracks"]
        if not 0 <= index < len(tracks):
            raise RuntimeError("There is no such track")
        if len(tracks) == 1:
            raise RuntimeError("The last track cannot be deleted")
        track = tracks.pop(index)
        track._delete()
        self._rules.undoable(lambda: tracks.insert(index, track))
        self._notify("tracks")

    @method(int)
    def create_scene(self, index: int) -> Scene:
        scene = Scene(self._rules, name="", song=self)
        scenes = self._values["scenes"]
        scenes.insert(len(scenes) if index == -1 else index, scene)
        for track in self._values["tracks"]:
            track._add_slot()
        self._rules.undoable(lambda: self._remove_scene(scene))
        self._notify("scenes")
        return scene

    @method(int)
    def delete_scene(self, index: int) -> None:
        self._remove_scene(self._values["scenes"][index])

    @method()
    def begin_undo_step(self) -> None:
        if not self._rules.undo_depth:
            self._rules.history.append([])
        self._rules.undo_depth += 1

    @method()
    def end_undo_step(self) -> None:
        if not self._rules.undo_depth:
            raise RuntimeError("No undo step was begun")
        self._rules.undo_depth -= 1

    @method()
    def undo(self) -> str:
        for inverse in reversed(self._rules.history.pop()):
            inverse()
        return ""

    def _insert(self, kind: str, index: int, *, is_midi: bool) -> Track:
        tracks, limit = self._values["tracks"], self._values["track_limit"]
        if limit is not None and len(tracks) >= limit:
            raise LimitationError("This edition allows no more tracks")
        track = new_track(self._rules, self, kind, is_midi=is_midi, rows=len(self._values["scenes"]))
        self._rules.undoable(lambda: self._remove_track(track))
        tracks.insert(len(tracks) if index == -1 else index, track)
        self._notify("tracks")
        return track

    def _remove_track(self, track: Track) -> None:
        if track in self._values["tracks"]:
            self._values["tracks"].remove(track)
        track._delete()
        self._notify("tracks")

    def _remove_scene(self, scene: Scene) -> None:
        row = self._values["scenes"].index(scene)
        self._values["scenes"].remove(scene)
        for track in self._values["tracks"]:
            track._values["slots"].pop(row)._delete()
        self._notify("scenes")

    def _row(self, scene: Scene) -> list[Any]:
        row = self._values["scenes"].index(scene)
        return [track._values["slots"][row] for track in self._values["tracks"]]


def new_song(rules: Rules, path: str = "", rows: int = 4, track_limit: int | None = None) -> Song:
    """Return a new set as in Live: two MIDI and two audio tracks, 120 BPM, 4/4, C Major with scale mode off."""
    song = Song(
        rules,
        tempo=120.0,
        signature_numerator=4,
        signature_denominator=4,
        root_note=0,
        scale_name="Major",
        scale_mode=False,
        current_song_time=0.0,
        is_playing=False,
        loop=False,
        loop_start=0.0,
        loop_length=16.0,
        song_length=64.0,
        file_path=path,
        name="",
        tracks=[],
        scenes=[],
        selection=[],
        unsettled=[],
        auto_warp="off",
        file_tempo=None,
        track_limit=track_limit,
    )
    values = song._values
    values["scenes"] += [Scene(rules, name="", song=song) for _ in range(rows)]
    for number, is_midi in enumerate((True, True, False, False), 1):
        name = f"{number}-{'MIDI' if is_midi else 'Audio'}"
        values["tracks"].append(new_track(rules, song, name, is_midi=is_midi, rows=rows))
    values["view"] = View(rules, selected_track=values["tracks"][0], selected_scene=values["scenes"][0])
    return song

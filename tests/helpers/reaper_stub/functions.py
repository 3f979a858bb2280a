# ruff: noqa: N802 (the names are REAPER's)
"""REAPER's functions, applied to the model. Names, arguments and results are those of REAPER's documentation."""

from __future__ import annotations

import shlex
import subprocess
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from tests.helpers.reaper_stub.model import Item, Project, Source, Take, Track

CLOCK_RATE = 4.0
"""The speed of the fake REAPER's clock, so that tests wait less for polls and windows."""


class Functions:
    """All functions of the table `api.json`; one object per REAPER."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.projects: list[Project] = []
        self.front = 0
        self.ext_state: dict[tuple[str, str], str] = {}
        self.console = ""
        self.refresh_depth = 0
        self.answer_inputs: Callable[[str], str | None] = lambda _: None
        self.processes: list[subprocess.Popen[bytes]] = []
        self.editor_scale: tuple[int, int] | None = None
        self.script = Path()
        self.options = 0
        self.toggles: dict[tuple[int, int], int] = {}

    def project(self, handle: Project | int | None) -> Project:
        return handle if isinstance(handle, Project) else self.projects[self.front]

    # Projects and time

    def EnumProjects(self, index: int) -> tuple[Project | None, str]:
        if index == -1:
            index = self.front
        if not 0 <= index < len(self.projects):
            return None, ""
        return self.projects[index], self.projects[index].file

    def SelectProjectInstance(self, project: Project) -> None:
        self.front = self.projects.index(project)

    def GetProjectPathEx(self, project: Project) -> str:
        return self.project(project).media

    def TimeMap_GetTimeSigAtTime(self, project: Project, seconds: float) -> tuple[int, int, float]:
        bpm, meter = self.project(project).tempo_at(seconds)
        return meter[0], meter[1], bpm

    def CountTempoTimeSigMarkers(self, project: Project) -> int:
        markers = self.project(project).markers
        return 0 if len(markers) == 1 else len(markers)  # a project's initial tempo is no marker

    def GetTempoTimeSigMarker(self, project: Project, index: int) -> tuple[object, ...]:
        owner = self.project(project)
        marker = owner.markers[index]
        meter = marker.meter or (0, 0)
        return True, marker.seconds, owner.bar_at(marker.seconds), 0.0, marker.bpm, *meter, marker.ramp

    def TimeMap2_timeToQN(self, project: Project, seconds: float) -> float:
        return self.project(project).beat_at(seconds)

    def TimeMap2_QNToTime(self, project: Project, beat: float) -> float:
        return self.project(project).seconds_at(beat)

    def TimeMap2_timeToBeats(self, project: Project, seconds: float) -> tuple[float, int, int, float, int]:
        owner = self.project(project)
        index = owner.bar_at(seconds)
        first, _, (numerator, denominator) = owner.bar(index)
        beat = owner.beat_at(seconds)
        return (beat - first) * denominator / 4, index, numerator, beat, denominator

    def TimeMap_GetMeasureInfo(self, project: Project, index: int) -> tuple[float, float, float, int, int, float]:
        owner = self.project(project)
        first, last, (numerator, denominator) = owner.bar(index)
        seconds = owner.seconds_at(first)
        return seconds, first, last, numerator, denominator, owner.tempo_at(seconds)[0]

    def GetSet_LoopTimeRange2(
        self, project: Project, is_set: bool, is_loop: bool, start: float, end: float, seek: bool
    ) -> tuple[float, float]:
        assert not is_set
        assert not is_loop
        return self.project(project).selection

    def GetCursorPositionEx(self, project: Project) -> float:
        return self.project(project).cursor_s

    def GetPlayStateEx(self, project: Project) -> int:
        return 1 if self.project(project).play_s is not None else 0

    def GetPlayPositionEx(self, project: Project) -> float:
        return self.project(project).play_s or 0.0

    def GetSetProjectInfo(self, project: Project, name: str, value: float, is_set: bool) -> float:
        values = self.project(project).values
        if is_set:
            values[name] = value
        return values.get(name, 0.0)

    def GetSetProjectInfo_String(self, project: Project, name: str, value: str, is_set: bool) -> tuple[bool, str]:
        strings = self.project(project).strings
        if is_set:
            strings[name] = value
        return True, strings.get(name, "")

    def GetProjExtState(self, project: Project, section: str, key: str) -> tuple[int, str]:
        value = self.project(project).texts.get((section.lower(), key.lower()), "")
        return (1 if value else 0), value

    def SetProjExtState(self, project: Project, section: str, key: str, value: str) -> int:
        self.project(project).texts[section.lower(), key.lower()] = value
        return 1

    # Tracks, items and takes

    def CountTracks(self, project: Project) -> int:
        return len(self.project(project).tracks)

    def GetTrack(self, project: Project, index: int) -> Track | None:
        tracks = self.project(project).tracks
        return tracks[index] if 0 <= index < len(tracks) else None

    def InsertTrackAtIndex(self, index: int, with_defaults: bool) -> None:
        owner = self.projects[self.front]
        assert owner.undo_depth, "a track is inserted outside of an undo step"
        for track in owner.tracks:  # the worst that any version does to the user's selection
            track.is_selected = False
        owner.tracks.insert(index, Track(owner, {"D_VOL": 0.7}, is_selected=True))

    def GetSetMediaTrackInfo_String(self, track: Track, name: str, value: str, is_set: bool) -> tuple[bool, str]:
        return _text(track.texts, name, value, is_set)

    def SetMediaTrackInfo_Value(self, track: Track, name: str, value: float) -> bool:
        track.values[name] = value
        return True

    def CountSelectedTracks(self, project: Project) -> int:
        return len([track for track in self.project(project).tracks if track.is_selected])

    def GetSelectedTrack(self, project: Project, index: int) -> Track:
        return [track for track in self.project(project).tracks if track.is_selected][index]

    def IsTrackSelected(self, track: Track) -> bool:
        return track.is_selected

    def SetTrackSelected(self, track: Track, selected: bool) -> None:
        track.is_selected = selected

    def AddMediaItemToTrack(self, track: Track) -> Item:
        assert track.project.undo_depth, "an item is added outside of an undo step"
        item = Item(track, {"D_FADEINLEN": 0.01, "B_LOOPSRC": 1.0, "C_BEATATTACHMODE": -1.0}, is_selected=True)
        track.items.append(item)
        return item

    def CountMediaItems(self, project: Project) -> int:
        return len(self.project(project).items)

    def GetMediaItem(self, project: Project, index: int) -> Item:
        return self.project(project).items[index]

    def CountSelectedMediaItems(self, project: Project) -> int:
        return len([item for item in self.project(project).items if item.is_selected])

    def GetSelectedMediaItem(self, project: Project, index: int) -> Item | None:
        selected = [item for item in self.project(project).items if item.is_selected]
        return selected[index] if 0 <= index < len(selected) else None

    def IsMediaItemSelected(self, item: Item) -> bool:
        return item.is_selected

    def SetMediaItemSelected(self, item: Item, selected: bool) -> None:
        item.is_selected = selected

    def GetMediaItemInfo_Value(self, item: Item, name: str) -> float:
        return item.values.get(name, 0.0)

    def SetMediaItemInfo_Value(self, item: Item, name: str, value: float) -> bool:
        if name == "B_UISEL":
            item.is_selected = bool(value)
        item.values[name] = value
        return True

    def GetSetMediaItemInfo_String(self, item: Item, name: str, value: str, is_set: bool) -> tuple[bool, str]:
        return _text(item.texts, name, value, is_set)

    def AddTakeToMediaItem(self, item: Item) -> Take:
        assert item.track.project.undo_depth, "a take is added outside of an undo step"
        item.takes.append(Take())
        return item.takes[-1]

    def GetActiveTake(self, item: Item) -> Take | None:
        return item.takes[item.active] if item.takes else None

    def SetActiveTake(self, take: Take) -> None:
        item = next(i for project in self.projects for i in project.items if take in i.takes)
        item.active = item.takes.index(take)

    def GetSetMediaItemTakeInfo_String(self, take: Take, name: str, value: str, is_set: bool) -> tuple[bool, str]:
        return _text(take.texts, name, value, is_set)

    def GetMediaItemTakeInfo_Value(self, take: Take, name: str) -> float:
        return take.values.get(name, 1.0 if name == "D_PLAYRATE" else 0.0)

    def SetMediaItemTakeInfo_Value(self, take: Take, name: str, value: float) -> bool:
        take.values[name] = value
        return True

    def GetMediaItemTake_Source(self, take: Take) -> Source | None:
        return take.source

    def SetMediaItemTake_Source(self, take: Take, source: Source) -> bool:
        assert not source.is_used, "a source in two takes is one too few"
        take.source, source.is_used = source, True
        return True

    def PCM_Source_CreateFromFile(self, file: str) -> Source | None:
        if not Path(file).is_file():
            return None
        info = soundfile.info(file)
        return Source(Path(file), info.frames / info.samplerate)

    def GetMediaSourceLength(self, source: Source) -> tuple[float, bool]:
        return source.length_s, False

    def GetMediaSourceFileName(self, source: Source, _: str = "") -> str:
        return str(source.file)

    def PCM_Source_BuildPeaks(self, source: Source, mode: int) -> int:
        before = {0: "none", 1: "building", 2: "built"}
        if mode == 1:
            source.peaks = "built" if source.peaks == "half" else "half"
            return 0 if source.peaks == "built" else 50
        assert source.peaks == before[mode]
        source.peaks = {0: "building", 2: "ready"}[mode]
        return 1

    # Undo and drawing

    def Undo_BeginBlock2(self, project: Project) -> None:
        self.project(project).undo_depth += 1

    def Undo_EndBlock2(self, project: Project, title: str, flags: int) -> None:
        assert flags == -1
        self.project(project).undo_depth -= 1
        self.project(project).undo.append(title)

    def PreventUIRefresh(self, count: int) -> None:
        self.refresh_depth += count

    def TrackList_AdjustWindows(self, is_minor: bool) -> None:
        pass

    def UpdateArrange(self) -> None:
        pass

    def UpdateItemInProject(self, item: Item) -> None:
        pass

    def ColorToNative(self, red: int, green: int, blue: int) -> int:
        return red | green << 8 | blue << 16

    # Other functions

    def ValidatePtr2(self, project: Project, thing: object, kind: str) -> bool:
        owner = self.project(project)
        return {"MediaItem*": thing in owner.items, "MediaTrack*": thing in owner.tracks}[kind]

    def RecursiveCreateDirectory(self, path: str, _: int) -> int:
        Path(path).mkdir(parents=True, exist_ok=True)
        return 1

    def file_exists(self, path: str) -> bool:
        return Path(path).is_file()

    def GetAppVersion(self) -> str:
        return f"{self.version}/linux-x86_64"

    def GetAudioDeviceInfo(self, name: str, _: str = "") -> tuple[bool, str]:
        assert name == "SRATE"
        return True, "48000"

    def genGuid(self, _: str = "") -> str:
        return "{" + str(uuid.uuid4()).upper() + "}"

    def time_precise(self) -> float:
        return time.monotonic() * CLOCK_RATE

    def get_action_context(self) -> tuple[object, ...]:
        return True, str(self.script), 0, 50_000, 0, 0, 0, ""

    def SetToggleCommandState(self, section: int, command: int, state: int) -> bool:
        self.toggles[section, command] = state
        return True

    def RefreshToolbar2(self, section: int, command: int) -> None:
        assert (section, command) in self.toggles

    def set_action_options(self, flag: int) -> None:
        self.options = flag

    def GetExtState(self, section: str, key: str) -> str:
        return self.ext_state.get((section, key), "")

    def HasExtState(self, section: str, key: str) -> bool:
        return (section, key) in self.ext_state

    def SetExtState(self, section: str, key: str, value: str, persist: bool) -> None:
        assert not (persist and "\n" in value)
        self.ext_state[section, key] = value

    def DeleteExtState(self, section: str, key: str, persist: bool) -> None:
        self.ext_state.pop((section, key), None)

    def ShowConsoleMsg(self, text: str) -> None:
        self.console += text

    def GetUserInputs(self, title: str, count: int, captions: str, values: str) -> tuple[bool, str]:
        names = captions.split(",")
        assert len(names) == count + 2 <= 18, names
        assert names[-1] == "separator=\n"
        typed = self.answer_inputs(values)
        return typed is not None, typed or ""

    def ExecProcess(self, command: str, timeout_ms: int) -> None:
        assert timeout_ms == -2, "REAPER would stand still"
        self.processes.append(subprocess.Popen(shlex.split(command), stdout=subprocess.DEVNULL))

    def MIDIEditor_GetActive(self) -> str | None:
        return "editor" if self.editor_scale else None

    def MIDIEditor_GetTake(self, editor: str) -> Take:
        return Take()

    def MIDIEditor_GetSetting_int(self, editor: str, name: str) -> int:
        assert name == "scale_enabled"
        return 1

    def MIDI_GetScale(self, take: Take) -> tuple[bool, int, int, str]:
        assert self.editor_scale is not None
        return True, *self.editor_scale, "a name"

    def Main_OnCommandEx(self, command: int, flag: int, project: Project) -> None:
        owner = self.project(project)
        if command == 40047:
            for take in (take for item in owner.items for take in item.takes):
                if take.source:
                    take.source.peaks = "ready"
        elif command == 42230:
            self._render(owner)
        else:
            raise AssertionError(f"action {command}")

    def _render(self, project: Project) -> None:
        assert project.values["RENDER_BOUNDSFLAG"] == 0
        length_s = project.values["RENDER_ENDPOS"] - project.values["RENDER_STARTPOS"]
        assert project.strings["RENDER_FORMAT"] == "evaw"
        file = Path(project.strings["RENDER_FILE"]) / f"{project.strings['RENDER_PATTERN']}.wav"
        assert not file.exists(), "REAPER would ask whether to overwrite"
        if file.parent.is_dir():
            soundfile.write(file, np.zeros((round(length_s * 48_000), 2), np.float32), 48_000)


def _text(texts: dict[str, str], name: str, value: str, is_set: bool) -> tuple[bool, str]:
    if is_set:
        texts[name] = value
    return is_set or name in texts, texts.get(name, "")


KINDS: dict[str, Any] = {
    "ReaProject": Project,
    "MediaTrack": Track,
    "MediaItem": Item,
    "MediaItem_Take": Take,
    "PCM_source": Source,
    "HWND": str,
}
"""The documentation's types of handles → classes of the model."""

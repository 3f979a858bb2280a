"""Adds the elements of a stem to a session: sources, regions, a track with its playlist, a group.

Only values that Ardour does not fill in itself are written; it adds the others at its next save.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from bridge.daws.ardour_session.session import ArdourSession

GROUP = "Stem Bridge"
CHANNELS = 2
_MARK = "Stem Bridge: "
"""Prefix of the stem's name in a track's comment, which identifies our tracks (the user may rename them)."""
_PROCESSORS = (
    ("diskwriter", "recorder:{name}"),
    ("diskreader", "player:{name}"),
    ("polarity", "Polarity"),
    ("trim", "Amp"),
    ("amp", "Amp"),
    ("meter", "meter-{name}"),
)
_UNSHARED = ("gain", "mute", "solo", "recenable", "select", "color", "monitoring", "hidden")
_REGION = {
    "muted": "0",
    "opaque": "1",
    "locked": "0",
    "automatic": "0",
    "import": "0",
    "external": "1",
    "hidden": "0",
    "position-locked": "0",
    "start": "a0",
    "sync-position": "a0",
    "ancestral-start": "a0",
    "ancestral-length": "a0@a0",
    "stretch": "1",
    "shift": "1",
    "layering-index": "0",
    "envelope-active": "0",
    "default-fade-in": "1",
    "default-fade-out": "1",
    "fade-in-active": "1",
    "fade-out-active": "1",
    "scale-amplitude": "1",
    "type": "audio",
    "first-edit": "nothing",
    "channels": str(CHANNELS),
}


@dataclass(frozen=True, slots=True)
class PlacedStem:
    """A file in the session's audio folder: the stem's name and colour (`#rrggbb`), and its length in samples."""

    name: str
    color: str
    file: Path
    frames: int


def add_stem(session: ArdourSession, stem: PlacedStem, title: str, start_ticks: int) -> None:
    """Place `stem` on its track at `start_ticks` (superclock); a missing track is added."""
    sources = _add_sources(session, stem)
    length = session.tempo.ticks_of(stem.frames, session.sample_rate)
    whole = _region(session, stem.file.stem, sources, length, 0)
    whole.set("whole-file", "1")
    session.part("Regions").append(whole)
    playlist = _playlist_of(session, stem)
    region = _region(session, f"{stem.name} {title}", sources, length, start_ticks)
    top = max((int(one.get("layering-index", "0")) for one in playlist.iterfind("Region")), default=-1)
    region.set("layering-index", str(top + 1))
    playlist.append(region)


def extend_range(session: ArdourSession, start_ticks: int, end_ticks: int) -> None:
    """Extend the session's start and end markers, which define the range of an export, to include a time range."""
    locations = session.part("Locations")
    found = next((one for one in locations if "IsSessionRange" in one.get("flags", "")), None)
    if found is None:
        names = {"id": session.new_id(), "name": "session", "flags": "IsSessionRange", "locked": "0", "cue": "0"}
        found = ElementTree.SubElement(locations, "Location", names)
        found.set("start", f"a{start_ticks}")
        found.set("end", f"a{end_ticks}")
        return
    start, end = found.get("start", ""), found.get("end", "")
    if session.root.get("session-range-is-free") == "0" or not (start.startswith("a") and end.startswith("a")):
        return
    found.set("start", f"a{min(start_ticks, int(start[1:]))}")
    found.set("end", f"a{max(end_ticks, int(end[1:]))}")


def _add_sources(session: ArdourSession, stem: PlacedStem) -> list[str]:
    """Add a source for each channel of the file; return their ids."""
    sources, ids = session.part("Sources"), []
    for channel in range(CHANNELS):
        ids.append(session.new_id())
        values = {"name": stem.file.name, "type": "audio", "flags": "", "id": ids[-1], "channel": str(channel)}
        ElementTree.SubElement(sources, "Source", {**values, "natural-position": "a0", "origin": "", "gain": "1"})
    return ids


def _region(session: ArdourSession, name: str, sources: list[str], length: int, position: int) -> ElementTree.Element:
    ids = {f"{kind}source-{n}": source for kind in ("", "master-") for n, source in enumerate(sources)}
    place = {"length": f"a{length}@a{position}", "whole-file": "0"}
    return ElementTree.Element("Region", {"name": name, "id": session.new_id(), **_REGION, **place, **ids})


def _playlist_of(session: ArdourSession, stem: PlacedStem) -> ElementTree.Element:
    """Return the playlist of the stem's track."""
    for route in session.part("Routes"):
        if route.findtext("Comment") == _MARK + stem.name:
            wanted = route.get("audio-playlist")
            for playlist in session.part("Playlists"):
                if playlist.get("id") == wanted:
                    return playlist
    return _add_track(session, stem)


def _add_track(session: ArdourSession, stem: PlacedStem) -> ElementTree.Element:
    """Add a track for the stem to the session and its group; return its empty playlist."""
    track_id, name = session.new_id(), _free_name(session, stem.name)
    playlist = ElementTree.SubElement(
        session.part("Playlists"),
        "Playlist",
        {"id": session.new_id(), "name": name, "type": "audio", "orig-track-id": track_id, "frozen": "0"},
    )
    route = ElementTree.SubElement(
        session.part("Routes"),
        "Route",
        {
            "version": session.root.get("version", ""),
            "id": track_id,
            "name": name,
            "default-type": "audio",
            "active": "1",
            "meter-point": "MeterPostFader",
            "disk-io-point": "DiskIOPreFader",
            "meter-type": "MeterPeak",
            "route-group": GROUP,
            "audio-playlist": playlist.get("id", ""),
            "mode": "Normal",
        },
    )
    color = int(stem.color.removeprefix("#") + "ff", 16)
    order = max(
        (int(info.get("order", "0")) for info in session.part("Routes").iterfind("Route/PresentationInfo")), default=0
    )
    info = {"order": str(order + 1), "flags": "AudioTrack,OrderSet", "color": str(color)}
    ElementTree.SubElement(route, "PresentationInfo", info)
    _add_ports(session, route, name)
    ElementTree.SubElement(route, "Comment").text = _MARK + stem.name
    for kind, label in _PROCESSORS:
        _add_processor(session, route, label.format(name=name), kind)
    main = _add_processor(session, route, name, "main-outs")
    main.attrib.update({"own-input": "1", "own-output": "0", "output": name, "role": "Main"})
    _join_group(session, track_id)
    return playlist


def _free_name(session: ArdourSession, name: str) -> str:
    """Return `name`, with a number appended if a track has that name already."""
    taken = {route.get("name") for route in session.part("Routes")}
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name} {number}", number + 1
    return candidate


def _add_ports(session: ArdourSession, route: ElementTree.Element, name: str) -> None:
    master = next((one.get("name") for one in session.part("Routes") if "MasterOut" in _flags(one)), None)
    for direction, short in (("Input", "in"), ("Output", "out")):
        values = {"name": name, "id": session.new_id(), "direction": direction, "default-type": "audio"}
        ports = ElementTree.SubElement(route, "IO", values)
        for channel in range(1, CHANNELS + 1):
            port = ElementTree.SubElement(ports, "Port", {"type": "audio", "name": f"{name}/audio_{short} {channel}"})
            if direction == "Output" and master:
                ElementTree.SubElement(port, "Connection", {"other": f"{master}/audio_in {channel}"})


def _flags(route: ElementTree.Element) -> str:
    info = route.find("PresentationInfo")
    return "" if info is None else info.get("flags", "")


def _add_processor(session: ArdourSession, route: ElementTree.Element, name: str, kind: str) -> ElementTree.Element:
    return ElementTree.SubElement(
        route, "Processor", {"id": session.new_id(), "name": name, "active": "1", "type": kind}
    )


def _join_group(session: ArdourSession, track_id: str) -> None:
    groups = session.part("RouteGroups")
    group = next((one for one in groups if one.get("name") == GROUP), None)
    if group is None:
        values = {"id": session.new_id(), "name": GROUP, "active": "1", "relative": "1", "route-active": "1"}
        group = ElementTree.SubElement(groups, "RouteGroup", {**values, **dict.fromkeys(_UNSHARED, "0")})
    group.set("routes", f"{group.get('routes', '').strip()} {track_id} ".lstrip())

"""Small `.als` files with the elements that hold tempo, meter and key, in the order of real sets."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

START = -63072000
"""The time of an automation's first event in real sets."""


def automation(pointee: int, kind: str, events: Sequence[tuple[float, float]]) -> str:
    body = "".join(f'<{kind} Id="{n}" Time="{at:g}" Value="{value:.12g}" />' for n, (at, value) in enumerate(events))
    return (
        f'<AutomationEnvelope Id="0"><EnvelopeTarget><PointeeId Value="{pointee}" /></EnvelopeTarget>'
        f"<Automation><Events>{body}</Events></Automation></AutomationEnvelope>"
    )


def control(name: str, manual: float, target: int) -> str:
    return f'<{name}><Manual Value="{manual:.12g}" /><AutomationTarget Id="{target}" /></{name}>'


def als_xml(
    major: int = 12,
    tempo: float = 108.0,
    tempo_events: Sequence[tuple[float, float]] = (),
    meter: float = 201,
    meter_events: Sequence[tuple[float, float]] = (),
    root: int = 9,
    scale: int | str = 1,
    in_key: bool | None = True,
    tracks: str = '<MidiTrack Id="1"><Name Value="a &lt;MainTrack &gt;" /></MidiTrack>',
) -> str:
    """Return the XML of a set; with `in_key` None the switch is missing, as in Live 9 and 10."""
    main = "MainTrack" if major >= 12 else "MasterTrack"
    root_name = "Root" if major >= 12 else "RootNote"
    switch = "" if in_key is None else f'<InKey Value="{str(in_key).lower()}" />'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Ableton Creator="Ableton Live {major}.1"><LiveSet>'
        f"<Tracks>{tracks}</Tracks>"
        f"<{main}><AutomationEnvelopes><Envelopes>"
        f"{automation(10, 'EnumEvent', meter_events or [(START, meter)])}"
        f"{automation(8, 'FloatEvent', tempo_events or [(START, tempo)])}"
        f"</Envelopes></AutomationEnvelopes><DeviceChain><Mixer>"
        f"{control('Tempo', tempo, 8)}{control('TimeSignature', meter, 10)}</Mixer></DeviceChain></{main}>"
        f'<Transport><LoopOn Value="false" /></Transport>'
        f'<ScaleInformation><{root_name} Value="{root}" /><Name Value="{scale}" /></ScaleInformation>{switch}'
        "</LiveSet></Ableton>"
    )


def write_als(path: Path, xml: str = "", **values: object) -> Path:
    """Write a set: `xml`, or the XML that `als_xml` returns for the values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress((xml or als_xml(**values)).encode("utf-8")))  # type: ignore[arg-type]
    return path

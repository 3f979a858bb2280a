"""Every colour of the window, for the dark and the light theme; no other module names a colour."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours as `#rrggbb`.

    Attributes:
        ground: background of the window. panel: areas on it. raised: controls on panels. hover: a control under the
            mouse.
        line: hairlines. text, dim, faint: text in three weights. accent: the one accent colour, accent_soft: its
            background for checked buttons, on_accent: text on the accent.
        good, warn, bad: states. wave_ground: background of waveforms, bar: bar lines, playhead: the playhead's line.
    """

    ground: str
    panel: str
    raised: str
    hover: str
    line: str
    text: str
    dim: str
    faint: str
    accent: str
    accent_soft: str
    on_accent: str
    good: str
    warn: str
    bad: str
    wave_ground: str
    bar: str
    playhead: str


DARK = Tokens(
    ground="#131417",
    panel="#1a1c20",
    raised="#24272c",
    hover="#2e3238",
    line="#2d3036",
    text="#eceef0",
    dim="#a3a9b2",
    faint="#8f96a1",
    accent="#38c7a4",
    accent_soft="#1d3a35",
    on_accent="#06201a",
    good="#4cc38a",
    warn="#e5a33d",
    bad="#ef6a5b",
    wave_ground="#15171a",
    bar="#2a2d33",
    playhead="#ffffff",
)
LIGHT = Tokens(
    ground="#eceef0",
    panel="#f7f8f9",
    raised="#ffffff",
    hover="#e9ecef",
    line="#d5d9de",
    text="#1b1e22",
    dim="#555d67",
    faint="#5f6771",
    accent="#0a6f5b",
    accent_soft="#d3ece6",
    on_accent="#ffffff",
    good="#1a7447",
    warn="#8a5a08",
    bad="#b93627",
    wave_ground="#fbfcfc",
    bar="#e1e4e8",
    playhead="#111111",
)

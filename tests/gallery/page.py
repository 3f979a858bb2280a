"""The gallery page: one self-contained HTML file, sound included."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import numpy as np
import soundfile
from numpy.typing import NDArray

from engine.sketch.composition import Composition
from engine.sketch.mix_style import OCTAVES_HZ
from tests.gallery.drawings import WIDTH, colour, levels, octaves, piano_roll
from tests.gallery.measures import PieceMeasures
from tests.gallery.pictures import png, spectrogram

_PICTURE_HEIGHT = 220
_OGG_FRAMES = 65_536
_STYLE = """
:root{color-scheme:light dark;--line:#8884}
body{font:15px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
article{border-top:1px solid var(--line);padding:1rem 0 2rem}
h2{margin:.2rem 0}
audio{width:100%}
svg,img{display:block;width:100%;height:200px;margin:.35rem 0;border:1px solid var(--line);border-radius:4px}
svg text{font:11px system-ui;fill:#888}
.grid{stroke:#8885;stroke-width:1;fill:none}
nav a{margin-right:.7rem}
.stem{white-space:nowrap;margin-right:.9rem}
.stem b{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.3em}
.off{color:#c33;font-weight:600}
table{border-collapse:collapse}
td,th{padding:.1rem .7rem .1rem 0;text-align:left;font-variant-numeric:tabular-nums}
"""


@dataclass(frozen=True, slots=True)
class GalleryEntry:
    """One style's piece: composition, mix [shape=(frames, 2)], rate, tempo, measurements, and render time."""

    composition: Composition
    mix: NDArray[np.float32]
    rate: int
    bpm: float
    measures: PieceMeasures
    seconds: float


def page(entries: Iterable[GalleryEntry], title: str) -> str:
    """Return the whole page as HTML."""
    shown = list(entries)
    links = "".join(f'<a href="#{_anchor(e)}">{escape(e.composition.style)}</a> ' for e in shown)
    body = "".join(_article(entry) for entry in shown)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><h1>{escape(title)}</h1><nav>{links}</nav>{body}</body></html>\n"
    )


def _article(entry: GalleryEntry) -> str:
    composition = entry.composition
    score = composition.score
    picture = png(spectrogram(entry.mix, entry.rate, WIDTH, _PICTURE_HEIGHT))
    stems = "".join(
        f'<span class="stem"><b style="background:{colour(part.stem)}"></b>{escape(part.stem)}: '
        f"{escape(part.instrument)}</span>"
        for part in score.parts
    )
    return (
        f'<article id="{_anchor(entry)}"><h2>{escape(composition.style)}</h2>'
        f"<p>{escape(str(score.key))}, {escape(str(score.meter))}, {entry.bpm:g} BPM, "
        f"{entry.mix.shape[0] / entry.rate:.1f} s, made in {entry.seconds:.2f} s. {stems}</p>"
        f'<audio controls loop src="data:audio/ogg;base64,{_coded(ogg(entry.mix, entry.rate))}"></audio>'
        f'<img alt="Spectrogram, 30 Hz to 20 kHz" src="data:image/png;base64,{_coded(picture)}">'
        f"{piano_roll(score)}{levels(entry.measures.stem_levels_db)}"
        f"{octaves(entry.measures.octaves_db, composition.mix_style.curve)}{_table(entry)}</article>"
    )


def _table(entry: GalleryEntry) -> str:
    measures, curve = entry.measures, entry.composition.mix_style.curve
    loudness = measures.lufs if measures.lufs is not None else -70.0
    miss = [abs(db - target) for db, target in zip(measures.octaves_db[1:], curve[1:], strict=False)]
    rows = [
        ("Loudness", f"{loudness:.2f} LUFS", abs(loudness + 14.0) <= 0.3),
        ("True peak", f"{measures.true_peak_db:.2f} dBTP", measures.true_peak_db <= -1.0),
        ("Crest", f"{measures.crest_db:.1f} dB", 8.0 <= measures.crest_db <= 17.0),
        ("Left–right correlation", f"{measures.correlation:.2f}", 0.3 <= measures.correlation <= 0.9),
        ("Seam step / 99.9th percentile", f"{measures.seam:.2f}", measures.seam <= 1.0),
    ]
    if miss:
        rows.append(
            (f"Farthest octave from the curve (from {OCTAVES_HZ[1]:.0f} Hz)", f"{max(miss):.1f} dB", max(miss) <= 4.0)
        )
    cells = (
        f'<tr><th>{name}</th><td class="{"" if good else "off"}">{value}</td></tr>' for name, value, good in rows
    )
    return f"<table>{''.join(cells)}</table>"


def ogg(audio: NDArray[np.float32], rate: int) -> bytes:
    """Return stereo audio as an Ogg Vorbis file."""
    held = io.BytesIO()
    with soundfile.SoundFile(held, "w", rate, audio.shape[1], format="OGG", subtype="VORBIS") as file:
        for start in range(0, len(audio), _OGG_FRAMES):
            file.write(audio[start : start + _OGG_FRAMES])
    return held.getvalue()


def _coded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _anchor(entry: GalleryEntry) -> str:
    return "".join(c if c.isalnum() else "-" for c in entry.composition.style)

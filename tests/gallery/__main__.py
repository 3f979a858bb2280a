"""Command line of the gallery: `python -m tests.gallery --out DIR [--styles funk,house] [--bars 8] [--seed 1]`."""

from __future__ import annotations

import argparse
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np

from engine.errors import InvalidValue, StemBridgeError
from engine.music import Meter, TempoMap
from engine.sketch.compose import compose
from engine.sketch.library import load_styles
from engine.sketch.render import render
from tests.gallery.measures import measure
from tests.gallery.page import GalleryEntry, page

RATE = 48_000
_MOST_BARS = 64


def show(style: str, bars: int, seed: int) -> GalleryEntry:
    """Compose and render `bars` bars of `style` at the middle of its tempo range."""
    started = time.perf_counter()
    low, high = load_styles()[style].tempo
    bpm = float(round((low + high) / 2))
    meter = Meter(4, 4)
    composition = compose(style, None, meter, TempoMap.constant(bpm), Fraction(bars) * meter.bar_beats, (), seed)
    stems = render(composition, RATE, seed, 0.0, lambda _share: None)
    seconds = time.perf_counter() - started
    mix = np.asarray(np.sum(list(stems.values()), axis=0), np.float32)
    return GalleryEntry(composition, mix, RATE, bpm, measure(stems, RATE), seconds)


def _selected_styles(text: str) -> list[str]:
    """Return the style names in `text`, separated by commas; all styles if there are none."""
    known = list(load_styles())
    names = [name.strip() for name in text.split(",") if name.strip()] or known
    for name in names:
        if name not in known:
            raise InvalidValue("--styles", name, f"some of {', '.join(known)}")
    return names


def main(arguments: list[str] | None = None) -> int:
    """Write the page; return the process's exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description="Render every style to one page.")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for index.html")
    parser.add_argument("--styles", default="", help="names with commas between; all if left out")
    parser.add_argument("--bars", type=int, default=8, choices=range(1, _MOST_BARS + 1), metavar=f"1–{_MOST_BARS}")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    try:
        names = _selected_styles(given.styles)
        given.out.mkdir(parents=True, exist_ok=True)
        entries = []
        for name in names:
            entries.append(show(name, given.bars, given.seed))
            print(f"{name}: {entries[-1].seconds:.2f} s", file=sys.stderr)
        target = given.out / "index.html"
        target.write_text(page(entries, "The sketch engine's styles"), encoding="utf-8")
    except (StemBridgeError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Measures the window, drawn on no screen: `python tests/benchmarks/bench_window.py`. Prints one JSON document.

start_s: from starting Python to the window's first painted frame (median of 5). For a take of 240 s and six stems,
at 100 % and 200 % scale: card_ms, from the take to its painted card; waveforms_ms, from the take to its painted
waveforms, the first time ever and with the cache; whole_ms, scroll_ms, playhead_ms: processor time (for what else the
machine does is not the window's) of one paint of the whole waveform, of a step of scrolling while zoomed in, and of a
step of the playhead, median and 99th percentile of 200; frames_per_s and gap_ms: paints while the take plays silently
and the view follows, and the pauses between them (99th percentile).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.helpers.paths import ROOT

sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "desktop")]

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from bridge.desktop.takes.card import TakeCard
    from bridge.desktop.window.main_window import MainWindow
    from bridge.takes.library import TakeView

STARTS, PAINTS, PLAY_S, TAKE_S = 5, 200, 5.0, 240.0
SCALES = ("1", "2")
GOALS = {
    "start_s": 1.0,
    "waveforms_ms": 300.0,
    "scroll_ms": 1000 / 60,
    "playhead_ms": 1000 / 60,
    "frames_per_s": 58.0,
}


def write_stems(folder: Path) -> None:
    """Write six stems of noise that swells and fades, each at its own pace, as takes have them."""
    import numpy as np
    import soundfile

    from tests.helpers.long_take import NAMES, RATE

    rng = np.random.default_rng(1)
    noise = rng.normal(0.0, 0.1, (RATE * 10, 2)).astype(np.float32)
    for number, name in enumerate(NAMES):
        with soundfile.SoundFile(folder / f"{name}.wav", "w", RATE, 2, "PCM_24") as file:
            for second in range(0, int(TAKE_S), 10):
                time_s = second + np.arange(len(noise)) / RATE
                file.write(noise * np.abs(np.sin(time_s * (1 + number))).astype(np.float32)[:, None])


def open_main(home: str) -> tuple[QApplication, MainWindow, Callable[[], None]]:
    """Show the window as a start does; return it, and what closes it."""
    from PySide6.QtWidgets import QApplication

    from bridge.desktop.start import open_window
    from bridge.home.folders import Folders
    from bridge.home.launch_options import LaunchOptions
    from bridge.settings import SettingsFile

    app = QApplication(sys.argv[:1])
    folders = Folders(Path(home) / "data", Path(home) / "config")
    desktop = open_window(
        app, LaunchOptions(folders=folders, osc_port=0, http_port=0), SettingsFile(folders.settings)
    )
    return app, desktop.window, desktop.close


def start(home: str) -> None:
    """Be the program that is started: say when the window has been painted."""
    _, window, close = open_main(home)
    window.repaint()
    print("painted", flush=True)
    close()


def until(app: QApplication, condition: Callable[[], object]) -> None:
    """Let the window work until something is so."""
    while not condition():
        app.processEvents()


def show(app: QApplication, window: MainWindow, take: TakeView) -> tuple[TakeCard, float, float]:
    """Show a take; return its card, and the milliseconds to the painted card and to its painted waveforms."""
    started = time.perf_counter()
    card = window.take_list.add(take)
    app.processEvents()
    card.repaint()
    card_ms = (time.perf_counter() - started) * 1000
    until(app, lambda: card.waveform._peaks)
    card.waveform.repaint()
    return card, card_ms, (time.perf_counter() - started) * 1000


def painted(card: TakeCard, change: Callable[[int], None]) -> dict[str, float]:
    """Change something many times; return what painting it took of the processor's time, in ms."""
    took = []
    for number in range(PAINTS):
        change(number)
        started = time.thread_time()
        card.waveform.repaint()
        took.append((time.thread_time() - started) * 1000)
    return {"median": round(statistics.median(took), 2), "p99": round(sorted(took)[int(PAINTS * 0.99)], 2)}


def play(app: QApplication, window: MainWindow, card: TakeCard) -> tuple[float, float]:
    """Play a take without sound; return paints a second and the 99th percentile of the pauses between them, in ms."""
    from PySide6.QtCore import QEvent, QObject

    from bridge.app.player.output import SilentOutput

    times: list[float] = []

    class Counter(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
            if event.type() is QEvent.Type.Paint:
                times.append(time.perf_counter())
            return False

    counter = Counter()
    card.waveform.installEventFilter(counter)
    window.playback.player._open = lambda rate, _: SilentOutput(rate)
    window.playback.play(card)
    end = time.perf_counter() + PLAY_S
    until(app, lambda: time.perf_counter() > end)
    window.playback.player.pause()
    card.waveform.removeEventFilter(counter)
    gaps = sorted((after - before) * 1000 for before, after in pairwise(times))
    return round(len(times) / PLAY_S, 1), round(gaps[int(len(gaps) * 0.99)], 1)


def paint(home: str) -> None:
    """Be the program whose painting is measured; print its figures."""
    from dataclasses import replace

    from tests.helpers.long_take import take_view

    app, window, close = open_main(home)
    until(app, window.request.go.isEnabled)
    until(app, lambda: "bridge.app.player.mixer" in sys.modules)
    stem_folder = Path(home) / "take"
    take = take_view(stem_folder, TAKE_S, 97.6, "7/8")
    take = replace(take, stems=tuple(replace(stem, sha256=f"{stem.name}0") for stem in take.stems))
    card, card_ms, first_ms = show(app, window, take)
    window.take_list.remove(take.manifest)
    card, _, cached_ms = show(app, window, take)
    wave = card.waveform
    figures: dict[str, Any] = {
        "card_ms": round(card_ms, 1),
        "waveforms_ms": {"first": round(first_ms, 1), "cached": round(cached_ms, 1)},
        "whole_ms": painted(card, lambda _: wave.redraw()),
        "playhead_ms": painted(card, lambda number: wave.set_playhead(number * 800)),
    }
    wave.set_zoom(wave.zoom.zoomed(20, 0))
    figures["scroll_ms"] = painted(card, lambda _: wave.set_zoom(wave.zoom.scrolled(7)))
    wave.set_zoom(wave.zoom.scrolled(-1e9).zoomed(4, 0))  # narrow enough to turn its page while it plays
    figures["frames_per_s"], figures["gap_ms"] = play(app, window, card)
    print(json.dumps(figures))
    close()


def child(what: str, home: str, scale: str) -> tuple[str, float]:
    """Run this file as another program; return its first line and the seconds until it came."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": scale}
    started = time.perf_counter()
    command = [sys.executable, str(Path(__file__).resolve()), what, home]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took_s = time.perf_counter() - started
        process.communicate(timeout=60)
    return line, took_s


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as home:
        figures: dict[str, Any] = {
            "start_s": round(statistics.median(child("start", home, "1")[1] for _ in range(STARTS)), 2)
        }
        folder = Path(home) / "take"
        folder.mkdir()
        write_stems(folder)
        for scale in SCALES:
            with tempfile.TemporaryDirectory() as own:
                (Path(own) / "take").symlink_to(folder)
                figures[f"scale_{scale}"] = json.loads(child("paint", own, scale)[0])
    print(json.dumps({**figures, "goals": GOALS}, indent=2))


if __name__ == "__main__":
    works = {"start": start, "paint": paint}
    if len(sys.argv) > 1:
        works[sys.argv[1]](sys.argv[2])
    else:
        main()

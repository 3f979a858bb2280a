"""Takes a picture of every state and page of the window: `python -m tests.helpers.pictures FOLDER dark|light`.

With `QT_SCALE_FACTOR=2` in the environment, pictures have twice the pixels. Prints a line for every text that is
clipped, and for every picture. A real companion with the sketch engine runs behind the window; only states that would
need gigabytes, other programs or faults are set by emitting their events.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

if sys.platform == "linux":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QPushButton, QToolButton, QWidget

from bridge.app.daws import Advice
from bridge.app.events import DawChanged, ModelWork
from bridge.desktop.start import open_window
from bridge.desktop.takes.export import ExportDialog
from bridge.desktop.takes.jobrow import JobRow
from bridge.desktop.window.main_window import MainWindow
from bridge.doors.midi.clock import ClockState
from bridge.doors.midi.status import MidiReport
from bridge.home.folders import Folders
from bridge.home.launch_options import LaunchOptions
from bridge.settings import SettingsFile

TIMEOUT_S = 200.0
DAW = DawChanged("REAPER", "7.3", 97.6, "4/4", "E minor", 66.0, True, "/home/me/songs/harbour", "harbour", "")
MIDI = MidiReport(
    "Listening to Launchpad Mini, nanoKONTROL2, Stem Bridge.",
    True,
    ("Launchpad Mini", "nanoKONTROL2", "Stem Bridge"),
    clock=ClockState.FOLLOWING,
    tempo_bpm=97.6,
    bindings=("note 36, channel 10 on Stem Bridge → generate", "cc 20, channel 1 on nanoKONTROL2 → set cfg 1–15"),
)


class Camera:
    """Saves pictures of widgets in one folder, and collects clipped texts."""

    def __init__(self, folder: Path, theme: str) -> None:
        self._folder, self._theme = folder, theme
        self.clipped: list[str] = []

    def take(self, name: str, widget: QWidget) -> None:
        settle()
        QApplication.sendPostedEvents()
        self.clipped += [f"{name}: {text}" for text in clipped_texts(widget)]
        file = self._folder / f"{name}-{self._theme}.png"
        assert widget.grab().save(str(file))
        print(f"picture {file}")


def clipped_texts(root: QWidget) -> list[str]:
    """Return every text below `root` that is larger than its widget, or whose widget sticks out of its parent."""
    found = []
    for kind in (QLabel, QPushButton, QToolButton, QCheckBox):
        for one in root.findChildren(kind):
            if not one.isVisible() or not one.text():
                continue
            if isinstance(one, QLabel) and one.wordWrap():
                fits = one.heightForWidth(one.width()) <= one.height() + 1
            else:
                fits = one.fontMetrics().horizontalAdvance(one.text().replace("&", "")) <= one.width()
            inside = one.parentWidget().rect().contains(one.geometry()) if one.parentWidget() else True
            if not fits or not inside:
                found.append(f"{one.text()!r} has {one.width()}×{one.height()} px")
    return found


def settle(ms: int = 60) -> None:
    """Run the event loop for a while, so that pending changes are drawn."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def wait_for(look: Callable[[], object]) -> None:
    """Run the event loop until `look` is true."""
    end = time.monotonic() + TIMEOUT_S
    while not look():
        assert time.monotonic() < end, "not in time"
        settle(20)


def generate(window: MainWindow, genres: str, bars: int) -> None:
    window.request.genres.text.setPlainText(genres)
    window.request.shape.bars.setValue(bars)
    window.request.go.click()


def take_pictures(window: MainWindow, camera: Camera) -> None:
    wait_for(window.request.go.isEnabled)
    settle(600)
    camera.take("empty", window)
    window.daw_bar.advise(
        Advice("REAPER: found; the script is not installed.", "Install the script", "install reaper")
    )
    camera.take("not-connected", window)
    pages(window, camera)
    requests(window, camera)
    takes(window, camera)


def pages(window: MainWindow, camera: Camera) -> None:
    first = window.pages.show_first_run()
    wait_for(lambda: first.daw_rows and "Looking" not in first.sound.text())
    camera.take("first-run", first)
    first.reject()
    settings = window.pages.show_settings()
    camera.take("settings", settings)
    settings.reject()
    models = window.pages.show_models()
    settle(300)
    camera.take("models", models)
    total = 6_320_000_000
    window.adapter.model.emit(
        ModelWork("ace-step-2b-turbo", "ACE-Step 1.5 turbo (2B)", "downloading", 2_150_000_000, total, 11_600_000)
    )
    row = models.rows["ace-step-xl-turbo"]
    row.ask(
        "11.5 GB, licence mit, from https://huggingface.co/ACE-Step/acestep-v15-xl-turbo-diffusers (commit 0123456). "
        "182 GB are free on the disk of /home/me/.local/share/stembridge/models.",
        "Download now",
        lambda: None,
    )
    row.recommend("It fits whole.")
    camera.take("models-download", models)
    models.close()
    window.adapter.midi.emit(MIDI)
    midi = window.pages.show_midi()
    camera.take("midi", midi)
    midi.toggle_learning()
    camera.take("midi-learning", midi)
    midi.close()


def requests(window: MainWindow, camera: Camera) -> None:
    window._command("restart")
    settle(300)
    for message in window.message_bar.shown:
        window.message_bar.clear_topic(message.topic)
    wait_for(window.request.go.isEnabled)
    for fold in window.request.findChildren(QToolButton):
        if fold.accessibleName() == "Lyrics":
            fold.setChecked(True)
            window.request.lyrics.text.setPlainText("[Verse]\nLights on the water\n\n[Chorus]\nCarry me home")
            camera.take("lyrics", window)
            fold.setChecked(False)
        elif fold.accessibleName() == "Advanced":
            fold.setChecked(True)
            camera.take("advanced", window)
            fold.setChecked(False)
    window.request.lyrics.text.clear()
    menu = window.request.presets.build_menu()
    menu.popup(window.mapToGlobal(window.rect().center()))
    camera.take("presets", menu)
    menu.close()


def takes(window: MainWindow, camera: Camera) -> None:
    window.session.override("tempo", 97.6)
    window.session.override("key", "Em")
    window.session.override("meter", "4/4")
    window.daw_bar.refresh()
    window.request.shape.seed.setText("7")
    generate(window, "funk, slap bass", 8)
    wait_for(lambda: window.take_list.cards)
    (card,) = window.take_list.cards.values()
    wait_for(lambda: card.waveform._peaks)
    camera.take("take", window)
    camera.take("export", ExportDialog(card.take.title, window))
    details = card.show_details()
    camera.take("details", details)
    details.reject()
    menu = card.menu()
    menu.popup(window.mapToGlobal(window.rect().center()))
    camera.take("take-menu", menu)
    menu.close()
    bars = card.take.bar_frames()
    card.waveform.set_region((bars[2], bars[5]))
    camera.take("region", window)
    card.waveform.set_region(None)
    for genres in ("lofi, dusty drums", "house", "ambient, strings"):
        generate(window, genres, 120)

    def jobs() -> dict[str, JobRow]:
        return window.take_list.jobs

    wait_for(lambda: len(window.take_list.waiting()) == 2 and any(job.bar.value() > 60 for job in jobs().values()))
    window.adapter.daw.emit(replace(DAW, contact_s=time.monotonic()))
    card.requested.emit("favourite", True)
    window.playback.play(card)
    wait_for(lambda: window.playback.player.position > 60_000)
    window.message_bar.clear_topic("sound")  # where pictures are taken there is no sound card
    camera.take("playing-queue", window)
    window.playback.toggle()
    for job in list(window.take_list.jobs.values()):
        job.cancel.click()
    wait_for(lambda: not window.take_list.jobs)
    errors(window, camera)


def errors(window: MainWindow, camera: Camera) -> None:
    from bridge.home.messages import Message, MessageAction

    for message in (
        Message(
            "error", "UDP port 9124 is already in use by another program.", MessageAction("Use a free port", "x"), "a"
        ),
        Message(
            "warning",
            "The MIDI clock has dropped out; its last tempo, 97.6 BPM, holds.",
            MessageAction("MIDI…", "x"),
            "b",
        ),
        Message(
            "error",
            "The disk of /home/me/songs/harbour is full: 14 MB are needed and 3 MB are free; try again. "
            "Nothing half-written was left.",
            None,
            "c",
        ),
        Message("info", "Exported to /home/me/Music/funk, slap bass stems.", None, "d"),
    ):
        window.message_bar.show_message(message)
    window.request.shape.seed.clear()
    window.request.show_block({"engine": "ace-step", "model": "ace-step-2b-turbo", "genres": "funk"})
    camera.take("errors", window)


def main() -> None:
    folder, theme = Path(sys.argv[1]), sys.argv[2]
    folder.mkdir(parents=True, exist_ok=True)
    home = folder / f"home-{theme}"
    folders = Folders(home / "data", home / "config")
    app = QApplication(sys.argv[:1])
    settings = SettingsFile(folders.settings)
    settings.set("theme", theme)
    desktop = open_window(app, LaunchOptions(folders=folders, osc_port=0, http_port=0), settings)
    camera = Camera(folder, theme)
    try:
        take_pictures(desktop.window, camera)
    finally:
        desktop.window.close_without_asking()
        desktop.close()
    for line in camera.clipped:
        print(f"clipped {line}")


if __name__ == "__main__":
    main()

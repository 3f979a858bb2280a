"""The bar with the DAW's session: tempo, meter, key, position, project; each can be overridden and locked."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QTimer, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from bridge.app.daws import ALONE, Advice
from bridge.app.effective_session import QUIET_AFTER_S, EffectiveSession, TapTempo
from bridge.desktop.controls.origin_mark import OriginMark
from bridge.desktop.controls.widgets import button, label, restyle, row, tool
from bridge.desktop.look.icons import icon
from bridge.desktop.look.style import mono
from bridge.home.messages import Messages
from engine.errors import InvalidValue
from engine.music import Meter, MeterMap
from engine.origin import Origin

FIELDS = {"tempo": ("TEMPO", 74, "–"), "meter": ("METER", 56, "–"), "key": ("KEY", 104, "–")}
"""Field of the session → heading, width in pixels, placeholder."""
CONTROL_PX = 30
AS_DAW = "as the DAW says, or as is usual in the style"
MENU = (
    ("Settings…\tCtrl+,", "settings"),
    ("Models…", "models"),
    ("MIDI…", "midi"),
    ("First steps and DAWs…", "connect"),
    ("Remove Stem Bridge…", "uninstall"),
)
"""Menu item → command of the window."""


class DawBar(QWidget):
    """The bar at the window's top.

    Signals:
        changed(): the user changed the session. requested(str): a command of the window was clicked.
    """

    changed = Signal()
    requested = Signal(str)

    def __init__(self, session: EffectiveSession, messages: Messages) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._session, self._messages = session, messages
        self._tap = TapTempo(session.clock)
        self.daw = label("No DAW connected", "title")
        self.hint = label("", "dim")
        self._advice = ALONE
        self._clock_bpm: float | None = None
        self.help = button(ALONE.button, lambda: self.requested.emit(self._advice.command))
        self.fields: dict[str, QLineEdit] = {}
        self.locks: dict[str, QToolButton] = {}
        self.marks: dict[str, OriginMark] = {}
        layout = row(margins=(16, 8, 14, 8), spacing=14)
        layout.addLayout(_stack(self.daw, self.hint))
        layout.addWidget(self.help)
        layout.addStretch(1)
        for name in FIELDS:
            layout.addLayout(self._field(name))
        self.position = label("–")
        self.position.setFont(mono(15))
        self.position.setMinimumWidth(64)
        self.position.setAccessibleName("Playhead of the DAW, bar and beat")
        layout.addLayout(_stack(label("POSITION", "heading"), row(self.position)))
        self.project = button("Choose folder…", self._choose_project, "Project folder")
        self.locks["project"] = self._lock("project")
        layout.addLayout(_stack(label("PROJECT", "heading"), row(self.project, self.locks["project"], spacing=2)))
        self.menu = tool("gear", "Menu", self._show_menu, tip="Settings, models, MIDI, first steps")
        layout.addWidget(self.menu)
        self.setLayout(layout)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.refresh)
        self._timer.start(1000)
        self.refresh()

    def refresh(self) -> None:
        """Show the current session."""
        session = self._session
        silence_s = session.silence_s
        connected = silence_s is not None and session.daw is not None
        self.help.setVisible(not connected)
        if connected and session.daw is not None and silence_s is not None:
            self.daw.setText(session.daw.daw)
            quiet = silence_s > QUIET_AFTER_S
            self.hint.setText(f"quiet for {silence_s:.0f} s" if quiet else "connected")
            restyle(self.hint, role="warn" if quiet else "good")
            changes = session.daw.meters
            self.fields["meter"].setToolTip(f"From the playhead on: {changes}" if changes else "")
            self.position.setText(_place(session.daw.position_beats, session.meter, changes=bool(changes)))
        else:
            self.daw.setText("No DAW connected")
            clock = f"Following a MIDI clock, {self._clock_bpm:g} BPM." if self._clock_bpm is not None else ""
            self.hint.setText(clock or self._advice.sentence)
            restyle(self.hint, role="dim")
            self.position.setText("–")
        values = {"tempo": "" if session.tempo is None else f"{session.tempo:g}"}
        values |= {"meter": session.meter, "key": session.key}
        for name, field in self.fields.items():
            if not field.isModified():
                field.setText(values[name])
            self.marks[name].show_origin(session.origin_of(name) or Origin.STYLE)
        folder = session.project.rstrip("/\\").replace("\\", "/")
        self.project.setText(folder.rsplit("/", 1)[-1][:22] if folder else "Choose folder…")
        self.project.setToolTip(session.project or "Takes go to Stem Bridge's own folder until you choose one")
        for name, lock in self.locks.items():
            lock.setChecked(session.is_locked(name))
            sign = "lock" if session.is_locked(name) else "unlock"
            if lock.property("sign") != sign:
                lock.setProperty("sign", sign)
                lock.setIcon(icon(sign))

    @Slot(object)
    def show_clock(self, tempo_bpm: float | None) -> None:
        """Use the tempo of a MIDI clock while no DAW is connected; None = there is no clock."""
        self._clock_bpm = tempo_bpm
        self._session.update_from_clock(tempo_bpm)
        self.refresh()
        self.changed.emit()

    def advise(self, advice: Advice) -> None:
        """Set the hint and the button that are shown while no DAW is connected."""
        self._advice = advice
        self.help.setText(advice.button)
        self.help.setAccessibleName(advice.button)
        self.refresh()

    def build_menu(self) -> QMenu:
        """Return the menu that opens the pages."""
        menu = QMenu(self)
        for text, command in MENU:
            menu.addAction(text).triggered.connect(lambda _=False, c=command: self.requested.emit(c))
        return menu

    def _show_menu(self) -> None:
        menu = self.build_menu()
        corner = self.menu.mapToGlobal(self.menu.rect().bottomRight())
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    def tap(self) -> None:
        """Count one tap of the tempo."""
        bpm = self._tap.tap()
        if bpm is not None:
            self._override("tempo", bpm)

    def _field(self, name: str) -> QVBoxLayout:
        heading, width_px, hint = FIELDS[name]
        field = self.fields[name] = QLineEdit()
        field.setFixedWidth(width_px)
        field.setFont(mono(15, bold=True))
        field.setStyleSheet("font-size: 15px; font-family: 'SF Mono','Cascadia Mono','DejaVu Sans Mono',monospace;")
        field.setPlaceholderText(hint)
        field.setAccessibleName(heading.capitalize())
        field.setToolTip(
            f"{heading.capitalize()} from the DAW, or from the style; type to override it, empty it to give it back"
        )
        field.editingFinished.connect(lambda: self._typed(name))
        lock = self.locks[name] = self._lock(name)
        parts: list[QWidget] = [field, lock]
        if name == "tempo":
            tap = button("Tap", self.tap, "Tap the tempo", "Tap along, or press T")
            tap.setFixedWidth(46)
            parts.insert(1, tap)
        mark = self.marks[name] = OriginMark(heading.capitalize(), AS_DAW, lambda: self._give_back(name))
        return _stack(row(label(heading, "heading"), mark, None, spacing=4), row(*parts, spacing=2))

    def _lock(self, name: str) -> QToolButton:
        lock = tool("unlock", f"Lock {name}", checkable=True, tip=f"Keep this {name} whatever the DAW says")
        lock.toggled.connect(lambda on: self._locked(name, on))
        return lock

    def _typed(self, name: str) -> None:
        field = self.fields[name]
        if not field.isModified():
            return
        field.setModified(False)
        text = field.text().strip()
        try:
            value = float(text.replace(",", ".")) if name == "tempo" and text else text
        except ValueError:
            value = text
        self._override(name, value)

    def _override(self, name: str, value: object) -> None:
        try:
            self._session.override(name, value)
        except InvalidValue as error:
            self._messages.error(str(error), topic=f"session {name}")
        self.refresh()
        self.changed.emit()

    def _give_back(self, name: str) -> None:
        self._session.give_back(name)
        self.refresh()
        self.changed.emit()

    def _locked(self, name: str, on: bool) -> None:
        if self._session.is_locked(name) != on:
            self._session.lock(name, on)
            self.refresh()
            self.changed.emit()

    def _choose_project(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Project folder", self._session.project)
        if folder:
            self._override("project", folder)


def _stack(top: QWidget | QLayout, bottom: QWidget | QLayout) -> QVBoxLayout:
    layout = QVBoxLayout()
    layout.setSpacing(3)
    layout.addStretch(1)
    if isinstance(top, QWidget):
        layout.addWidget(top)
    else:
        layout.addLayout(top)
    if isinstance(bottom, QWidget):
        layout.addWidget(bottom)
    else:
        for index in range(bottom.count()):
            item = bottom.itemAt(index)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setFixedHeight(CONTROL_PX)
        layout.addLayout(bottom)
    layout.addStretch(1)
    return layout


def _place(position_beats: float, meter: str, *, changes: bool) -> str:
    """Return bar and beat of the playhead; where the meter changes, bars before it are not known, only beats."""
    if changes:
        return f"beat {position_beats + 1:.0f}"
    bar, beat = MeterMap.constant(Meter.parse(meter) if meter else Meter(4, 4)).count_at(position_beats)
    return f"{bar + 1}.{beat + 1}"

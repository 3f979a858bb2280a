"""The card of one take: play button, name, badge and facts on top, strips and waveforms below, a menu of actions."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QInputDialog, QMenu, QVBoxLayout, QWidget

from bridge.desktop.controls.widgets import button, label, restyle, row, tool
from bridge.desktop.look.icons import icon
from bridge.desktop.look.palette import tokens
from bridge.desktop.takes.badge import badge
from bridge.desktop.takes.details import TakeDetails
from bridge.desktop.takes.drag import DragHandle
from bridge.desktop.takes.strips import StemStrips
from bridge.desktop.takes.waveform import Waveform
from bridge.takes.library import TakeView

MOST_METERS = 4
"""Meters that the facts of a take name."""
ACTIONS = (
    ("regenerate", "Regenerate: the song as it is now, another seed"),
    ("again", "Make exactly the same once more"),
    ("", ""),
    ("use", "Use again: its block and seed"),
    ("copy", "Copy its block as JSON"),
    ("details", "Where it comes from…"),
    ("", ""),
    ("rename", "Rename…"),
    ("reveal", "Show in folder"),
    ("export", "Export…"),
    ("", ""),
    ("delete", "Move to trash"),
)
PLACES = (("trigger", "At the beat it was made for"), ("playhead", "At the playhead"), ("scene", "As a new scene"))


class TakeCard(QFrame):
    """One take.

    Signals:
        requested(str, object): an action on this take, with its argument or None: "play", "regenerate", "again",
        "use", "copy", "reveal", "export", "delete", "select", "compare"; "rename" (str), "favourite" (bool),
        "send" (place), "seek" (frame), "mark" (region or None), "balance" (levels in dB by stem).
    """

    requested = Signal(str, object)

    def __init__(self, take: TakeView) -> None:
        super().__init__()
        self.take = take
        self.setObjectName("card")
        self.setAccessibleName(f"Take {take.title}")
        self.waveform = Waveform(take)
        self.strips = StemStrips(take)
        self.strips.changed.connect(self._balanced)
        self.waveform.sought.connect(lambda frame: self.requested.emit("seek", frame))
        self.waveform.marked.connect(lambda region: self.requested.emit("mark", region))
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 10, 14, 12)
        box.setSpacing(8)
        self.play = tool("play", f"Play {take.title}", lambda: self.requested.emit("play", None))
        self.title = label(take.title, "title")
        self.title.setMinimumWidth(60)
        self.star = tool("star", "Favourite", lambda: self.requested.emit("favourite", not self.take.favourite))
        text, self._badge_role, tip = badge(take.data["alignment"])
        self.badge = label(text, "badge")
        self.badge.setToolTip(tip)
        self.compare = button("B", lambda: self.requested.emit("compare", None), "Compare with this take")
        self.compare.setToolTip("Make this take B, which A/B changes to")
        self.compare.setCheckable(True)
        self.compare.setFixedWidth(34)
        self.send = button("Send to DAW", self._ask_place, tip="Puts the stems on tracks of the connected DAW")
        drag_all = DragHandle([stem.path for stem in take.stems], "Drag all stems")
        menu = tool("more", "More", self._show_menu)
        self._menu_button = menu
        box.addLayout(
            row(
                self.play, self.title, self.star, None, self.badge, self.compare, self.send, drag_all, menu, spacing=8
            )
        )
        self.facts = label(facts(take), "dim")
        self.facts.setToolTip(provenance(take))
        box.addWidget(self.facts)
        body = row(self.strips, spacing=0)
        body.addWidget(self.waveform, 1)
        box.addLayout(body)
        self.recolour()

    def refresh(self, take: TakeView) -> None:
        """Show the user's name for the take and its favourite mark."""
        self.take = take
        self.title.setText(take.title if len(take.title) <= 60 else take.title[:59] + "…")
        self.title.setToolTip(take.title)
        self.star.setIcon(icon("starred" if take.favourite else "star", tokens().warn if take.favourite else ""))
        self.star.setAccessibleName("Remove from favourites" if take.favourite else "Mark as favourite")

    def recolour(self) -> None:
        """Redraw in the colours in use."""
        self.badge.setStyleSheet(f"color: {getattr(tokens(), self._badge_role)};")
        self.waveform.redraw()
        self.strips.recolour()
        self.refresh(self.take)

    def set_compared(self, compared: bool) -> None:
        """Show whether this is take B."""
        self.compare.setChecked(compared)

    def set_current(self, current: bool, playing: bool) -> None:
        """Show whether this is the take that is loaded, and whether it plays."""
        if self.property("current") != current:
            restyle(self, current=current)
        sign = "pause" if current and playing else "play"
        self.play.setProperty("sign", sign)
        self.play.setIcon(icon(sign))
        self.play.setAccessibleName(f"{sign.capitalize()} {self.take.title}")
        if not current:
            self.waveform.set_playhead(None)

    def menu(self) -> QMenu:
        """Return the menu of the take's actions."""
        menu = QMenu(self)
        for name, text in ACTIONS:
            if name:
                menu.addAction(text).triggered.connect(lambda _=False, n=name: self._act(n))
            else:
                menu.addSeparator()
        return menu

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Select the take on a click anywhere on the card."""
        self.requested.emit("select", None)
        super().mousePressEvent(event)

    def _act(self, name: str) -> None:
        if name == "details":
            self.show_details()
            return
        if name != "rename":
            self.requested.emit(name, None)
            return
        text, agreed = QInputDialog.getText(self, "Rename take", "Name", text=self.take.title)
        if agreed:
            self.requested.emit("rename", text)

    def show_details(self) -> TakeDetails:
        """Open the page with the take's origin."""
        page = TakeDetails(self.take, self)
        page.requested.connect(lambda action: self.requested.emit(action, None))
        page.finished.connect(page.deleteLater)
        page.open()
        return page

    def _show_menu(self) -> None:
        self.menu().popup(self._below(self._menu_button))

    def _ask_place(self) -> None:
        menu = QMenu(self)
        for name, text in PLACES:
            menu.addAction(text).triggered.connect(lambda _=False, n=name: self.requested.emit("send", n))
        menu.popup(self._below(self.send))

    def _below(self, widget: QWidget) -> QPoint:
        return widget.mapToGlobal(widget.rect().bottomLeft())

    def _balanced(self) -> None:
        self.waveform.show_quiet(self.strips.quiet())
        self.requested.emit("balance", self.strips.gains_db())


def facts(take: TakeView) -> str:
    """Return the line of facts under a take's name."""
    data = take.data
    meters = " → ".join(str(point.meter) for point in take.meters.points[:MOST_METERS])
    meters += " …" if len(take.meters.points) > MOST_METERS else ""
    parts = [f"{data['tempo']:g} BPM", meters, str(data["key"]), f"{data['bars']:g} bars"]
    parts += [f"{take.seconds:.1f} s", f"seed {take.seed}", str(data["model"] or data["engine"])]
    return "   ".join(part for part in parts if part)


def provenance(take: TakeView) -> str:
    """Return the tooltip on the take's origin: prompt, date, folder, notices."""
    lines = [f"Prompt: {take.data.get('prompt', '')}", f"Made {take.data['created']}", str(take.folder)]
    return "\n".join([*lines, *map(str, take.data.get("notices", ()))])

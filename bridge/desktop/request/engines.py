"""The choice of engine and model, with their state on this computer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from bridge.app.models import ModelDesk, ModelState
from bridge.desktop.controls.widgets import button, label, restyle, row
from bridge.desktop.models.words import size
from bridge.request.block.table import ENGINES
from bridge.settings.all_settings import ENGINE_LABELS
from engine.capabilities import with_model
from engine.capability import Capabilities
from engine.contract import AUTO, EngineInfo
from engine.errors import StemBridgeError
from engine.models.catalogue import ModelEntry, SamplerSpec
from engine.registry import ACE_STEP, REMOTE, SKETCH, ace_step_info, remote_info

BEST, BEST_THERE = "Best that is installed", "Best that is ready there"


class Engines(QWidget):
    """The choice of engine and model.

    Signals:
        changed(EngineInfo): the engine that will run. models_requested(str): open the models page at this model.
    """

    changed = Signal(object)
    models_requested = Signal(str)

    def __init__(self, models: ModelDesk, find: Callable[[str], EngineInfo]) -> None:
        """Show the choice; `find` returns the engine for the block's `engine`, or raises why it cannot run."""
        super().__init__()
        self._models, self._find = models, find
        self.engine, self.model = QComboBox(), QComboBox()
        self.engine.setAccessibleName("Engine")
        self.model.setAccessibleName("Model")
        for name in ENGINES:
            self.engine.addItem(ENGINE_LABELS[name], name)
        self.state = label("", "faint", wrap=True)
        self.get = button("Models…", lambda: self.models_requested.emit(self._model()), tip="Download, check, remove")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.engine)
        box.addWidget(self.model)
        box.addWidget(self.state)
        box.addLayout(row(self.get, None))
        self.info: EngineInfo = SKETCH
        self.refresh()
        self.engine.currentIndexChanged.connect(lambda _: self.refresh())
        self.model.currentIndexChanged.connect(lambda _: self._model_chosen())

    def refresh(self) -> None:
        """Look up the engine and its models again: another one was chosen, or a model was installed or removed."""
        problem = ""
        try:
            self.info = self._find(str(self.engine.currentData()))
        except StemBridgeError as error:
            problem = str(error)
            self.info = self._known()
        self._problem = problem
        self._offer_models()
        self._show_state()
        self.changed.emit(self.info)

    def _model_chosen(self) -> None:
        self._show_state()
        self.changed.emit(self.info)

    def values(self) -> dict[str, object]:
        """Return the block's keys; defaults are left out."""
        engine = str(self.engine.currentData())
        values: dict[str, object] = {} if engine == AUTO else {"engine": engine}
        if self.model.currentIndex() > 0:
            values["model"] = self._model()
        return values

    def sampling(self) -> SamplerSpec | None:
        """Return the sampler's own values of the model that was chosen; None if it is not known, or there is none."""
        entry = self._entry()
        return entry.sampling if entry else None

    def capabilities(self) -> Capabilities:
        """Return the use that the chosen engine and model make of each key."""
        return with_model(self.info.capabilities, self._entry())

    def _entry(self) -> ModelEntry | None:
        state = self._states().get(self._model()) if self.info.name == ACE_STEP else None
        return state.entry if state else None

    def show_values(self, block: dict[str, object]) -> None:
        """Show the block's engine and model."""
        self.engine.setCurrentIndex(max(0, self.engine.findData(block.get("engine", AUTO))))
        self.model.setCurrentIndex(max(0, self.model.findData(str(block.get("model", "")))))

    def _known(self) -> EngineInfo:
        try:
            if self.engine.currentData() == REMOTE:
                return remote_info("…", self._models.folder)
            return ace_step_info(self._models.folder)
        except StemBridgeError:  # the user's own catalogue is broken: the problem says so
            return SKETCH

    def _states(self) -> dict[str, ModelState]:
        try:
            return {state.entry.name: state for state in self._models.states()}
        except StemBridgeError:
            return {}

    def _offer_models(self) -> None:
        before, states = self._model(), self._states()
        self.model.blockSignals(True)
        self.model.clear()
        for name in self.info.models:
            self.model.addItem(self._named(name, states.get(name)), name)
        self.model.setCurrentIndex(max(0, self.model.findData(before)))
        self.model.blockSignals(False)
        self.model.setVisible(self.info.name in (ACE_STEP, REMOTE))
        self.get.setVisible(self.info.name != REMOTE)

    def _show_state(self) -> None:
        state = self._states().get(self._model()) if self.info.name != REMOTE else None
        absent = state is not None and state.installed is None
        text = self._problem or self.info.notice
        if absent and state is not None and not self._models.missing():
            entry = state.entry
            text = f"{entry.label} is not installed: {size(entry.size_bytes)}, licence {entry.licence}."
        self.state.setText(text)
        restyle(self.state, role="warn" if absent or self._problem else "faint")
        self.get.setText("Get a model…" if absent or self._problem else "Models…")
        self.get.setAccessibleName(self.get.text())

    def _model(self) -> str:
        return str(self.model.currentData() or "")

    def _named(self, name: str, state: ModelState | None) -> str:
        if self.info.name == REMOTE:
            return BEST_THERE if name == AUTO else ENGINE_LABELS.get(name) or (state.entry.label if state else name)
        if state is None:
            return BEST if name == AUTO else name
        return state.entry.label if state.installed else f"{state.entry.label} – not installed"

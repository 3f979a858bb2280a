"""The export dialog: stems or mix, format, single files or one zip."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFormLayout, QVBoxLayout, QWidget

from bridge.desktop.controls.widgets import button, label, row
from bridge.takes.export import FORMATS, WHATS, Export

NAMES = {"stems": "Every stem", "mix": "The mix", "balance": "The mix as it is heard now"}


class ExportDialog(QDialog):
    """The dialog; `export_options` returns what was chosen in it."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.what, self.format, self.zipped = QComboBox(), QComboBox(), QCheckBox("Put everything into one zip")
        for what in WHATS:
            self.what.addItem(NAMES[what], what)
        for form in FORMATS:
            self.format.addItem(form.upper(), form)
        self.what.setAccessibleName("What to export")
        self.format.setAccessibleName("Format")
        self.setMinimumWidth(400)
        form_box = QFormLayout()
        form_box.setVerticalSpacing(10)
        form_box.setHorizontalSpacing(18)
        form_box.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        form_box.addRow("Export", self.what)
        form_box.addRow("Format", self.format)
        form_box.addRow("", self.zipped)
        go = button("Choose folder…", self.accept)
        go.setProperty("role", "go")
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 18)
        box.setSpacing(16)
        box.addWidget(label(title, "title", wrap=True))
        box.addLayout(form_box)
        box.addLayout(row(None, button("Cancel", self.reject), go, spacing=8))

    def export_options(self, gains: dict[str, float]) -> Export:
        """Return the chosen options; `gains` are the factors of the stems, for the mix as balanced now."""
        return Export(str(self.what.currentData()), str(self.format.currentData()), self.zipped.isChecked(), gains)

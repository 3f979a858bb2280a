"""The style sheet and Qt's palette, both made from tokens, on top of Qt's own Fusion style on every system."""

from __future__ import annotations

from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from bridge.desktop.look.palette import use_tokens
from bridge.desktop.look.signs import write_signs
from bridge.desktop.look.tokens import DARK, LIGHT, Tokens

_SHEET = Template(
    """
* { font-size: 13px; color: $text; }
QMainWindow, QDialog, QWidget#ground { background: $ground; }
QWidget#panel, QScrollArea#panel, QWidget#panelBody { background: $panel; border: none; }
QWidget#bar { background: $panel; border-bottom: 1px solid $line; }
QWidget#transport { background: $panel; border-top: 1px solid $line; }
QFrame#card { background: $panel; border: 1px solid $line; border-radius: 10px; }
QFrame#card[current="true"] { border: 1px solid $accent; }
QFrame#message { background: $raised; border: 1px solid $line; border-radius: 8px; }
QFrame#message[level="error"] { border-color: $bad; }
QFrame#message[level="warning"] { border-color: $warn; }
QFrame#message QPushButton { background: $panel; }
QFrame#message QPushButton:hover { background: $hover; }
QLabel { background: transparent; }
QLabel[role="dim"] { color: $dim; }
QLabel[role="faint"], QLabel[role="heading"] { color: $faint; font-size: 11px; }
QLabel[role="heading"] { font-weight: 600; letter-spacing: 1px; }
QLabel[role="title"] { font-size: 15px; font-weight: 600; }
QLabel[role="hero"] { font-size: 22px; font-weight: 600; }
QLabel[role="good"] { color: $good; } QLabel[role="warn"] { color: $warn; } QLabel[role="bad"] { color: $bad; }
QLabel[role="badge"] { background: $raised; border-radius: 8px; padding: 2px 8px; color: $good; font-size: 11px; }
QPushButton, QToolButton { background: $raised; border: 1px solid $line; border-radius: 6px; padding: 5px 10px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:focus, QToolButton:focus, QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus,
QAbstractSpinBox:focus { border: 1px solid $accent; }
QPushButton:disabled, QToolButton:disabled { color: $faint; background: $panel; }
QAbstractSpinBox:disabled, QComboBox:disabled { color: $faint; background: $panel; }
QLabel:disabled { color: $faint; }
QPushButton:checked, QToolButton:checked { background: $accent_soft; border-color: $accent; color: $accent; }
QPushButton#primary { background: $accent; color: $on_accent; border: 1px solid $accent; font-size: 15px;
  font-weight: 600; padding: 10px; border-radius: 8px; }
QPushButton#primary:hover { border-color: $text; }
QPushButton#primary:disabled { background: $raised; color: $faint; border-color: $line; }
QPushButton[role="go"] { background: $accent; color: $on_accent; border: 1px solid $accent; font-weight: 600; }
QPushButton[role="go"]:hover, QPushButton[role="go"]:focus { border-color: $text; }
QPushButton[role="go"]:disabled { background: $raised; color: $faint; border-color: $line; }
QPushButton[role="chip"] { border-radius: 10px; padding: 3px 10px; font-size: 12px; }
QToolButton[role="fold"] { background: transparent; border: 1px solid transparent; padding: 4px 2px;
  font-weight: 600; }
QToolButton[role="fold"]:checked { color: $text; }
QToolButton[role="fold"]:hover { color: $accent; }
QToolButton[role="fold"]:focus { border-color: $accent; }
QToolButton[role="strip"] { background: $raised; padding: 2px; font-size: 11px; font-weight: 600; color: $dim; }
QToolButton[role="strip"]:checked { background: $accent; color: $on_accent; }
QToolButton[role="flat"] { background: transparent; border: 1px solid transparent; padding: 4px; }
QToolButton[role="flat"]:hover { background: $hover; }
QToolButton[role="flat"]:focus { border-color: $accent; }
QToolButton[role="flat"]:checked { background: $accent_soft; }
QToolButton[role="mark"] { background: transparent; border: 1px solid transparent; border-radius: 4px;
  padding: 0 2px; color: $faint; font-size: 10px; }
QToolButton[role="mark"][given="true"] { color: $accent; }
QToolButton[role="mark"]:hover { background: $hover; }
QToolButton[role="mark"]:disabled { background: transparent; color: $faint; }
QToolButton[role="mark"]:focus { border-color: $accent; }
QToolButton::menu-indicator { image: none; }
QLineEdit, QPlainTextEdit, QComboBox, QAbstractSpinBox { background: $raised; border: 1px solid $line;
  border-radius: 6px; padding: 5px 8px; selection-background-color: $accent; selection-color: $on_accent; }
QAbstractSpinBox { padding: 5px 20px 5px 8px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 18px; height: 12px; border: none;
  background: transparent; subcontrol-origin: border; right: 3px; }
QAbstractSpinBox::up-button { subcontrol-position: top right; top: 3px; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; bottom: 3px; }
QAbstractSpinBox::up-arrow { image: url($arrow_up); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url($arrow_down); width: 10px; height: 10px; }
QAbstractSpinBox > QLineEdit, QComboBox > QLineEdit { border: none; background: transparent; padding: 0 0 0 4px; }
QComboBox { padding-right: 24px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url($arrow_down); width: 12px; height: 12px; }
QListWidget { background: $raised; border: 1px solid $line; border-radius: 6px; padding: 6px; outline: none; }
QListWidget::item { padding: 4px 6px; border-radius: 4px; }
QListWidget::item:selected { background: $hover; color: $text; }
QComboBox QAbstractItemView, QMenu { background: $raised; border: 1px solid $line; padding: 4px;
  selection-background-color: $accent_soft; selection-color: $text; }
QMenu::item { padding: 6px 22px; border-radius: 4px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QProgressBar { background: $line; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px; background: $text; }
QSlider::handle:horizontal:focus { background: $accent; }
QCheckBox { spacing: 8px; background: transparent; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $faint; border-radius: 4px; background: $raised; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($tick); }
QCheckBox:focus { color: $accent; }
QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $line; border-radius: 5px; min-height: 30px; }
QScrollBar::handle:vertical:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QToolTip { background: $raised; color: $text; border: 1px solid $line; padding: 4px; }
"""
)


def apply(app: QApplication, theme: str) -> Tokens:
    """Style the whole application as "dark", "light" or "system" (dark where the system has no preference).

    Returns the colours that are in use from now on.
    """
    light = theme == "light" or (theme == "system" and app.styleHints().colorScheme() is Qt.ColorScheme.Light)
    tokens = LIGHT if light else DARK
    use_tokens(tokens)
    app.setStyle("Fusion")
    app.setPalette(_qt_palette(tokens))
    colours = {name: getattr(tokens, name) for name in Tokens.__slots__}
    app.setStyleSheet(_SHEET.substitute(colours | write_signs(tokens)))
    return tokens


def mono(size_px: int = 13, bold: bool = False) -> QFont:
    """Return the monospaced font, for numbers that change while they are read."""
    font = QFont()
    font.setFamilies(["SF Mono", "Cascadia Mono", "JetBrains Mono", "DejaVu Sans Mono", "monospace"])
    font.setPixelSize(size_px)
    font.setBold(bold)
    return font


def _qt_palette(t: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    colours = {
        role.Window: t.ground,
        role.WindowText: t.text,
        role.Base: t.raised,
        role.AlternateBase: t.panel,
        role.Text: t.text,
        role.Button: t.raised,
        role.ButtonText: t.text,
        role.ToolTipBase: t.raised,
        role.ToolTipText: t.text,
        role.Highlight: t.accent,
        role.HighlightedText: t.on_accent,
        role.PlaceholderText: t.faint,
        role.Link: t.accent,
    }
    for one, colour in colours.items():
        palette.setColor(one, QColor(colour))
    return palette

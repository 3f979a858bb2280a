"""The window. Qt is used only here; the data and actions behind it come from `bridge.app`, which does not use Qt.

Folders are named by the part of the window: `window` (main window, DAW bar, messages), `request`, `takes`, `player`,
`models`, `midi`, `settings`; `look` has colours and icons, `controls` the small widgets that all parts share.
"""

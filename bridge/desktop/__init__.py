"""The window. All of Qt is here; what it shows and does comes from `bridge.app`, which knows nothing of Qt.

Folders are named by what the user meets: `window` (DAW bar, messages), `request`, `takes`, `player`, `settings`;
`look` has colours and icons, `controls` the small widgets that all of them share.
"""

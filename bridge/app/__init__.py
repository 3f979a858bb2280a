"""The window's model of the companion, without Qt: usable from any thread, and tested without a screen.

`core` runs the companion's event loop in a thread; `handle` is the only way into it and `events` are its outputs;
`effective_session` merges the DAW's values with the user's; `models`, `environment`, `daws` and `updates` do slow
work in threads; `memory` keeps the window's state between starts; `eta` estimates the time left of a job; `player`
plays takes.
Must not live here: Qt, and anything that the companion needs without a window.
"""

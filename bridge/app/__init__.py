"""What a window needs of the companion, without a line of Qt: usable from any thread, and tested without a screen.

`core` runs the companion's event loop in a thread of its own; `handle` is the one door to it; `events` is what comes
out; `session` holds what the DAW says and what the user overrides; `library` keeps the takes on disk; `memory` is
what the window remembers; `eta` guesses the time left.
"""

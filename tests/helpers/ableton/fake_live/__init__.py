"""A fake Ableton Live built from the documented API; it refuses the calls that Live refuses.

`strict` has the rules (unknown names, read-only writes, keywords, wrong types, writes inside a listener, calls from
another thread, members that this version of Live does not have), `song`, `track` and `clip` the parts of a set,
`host` the program around it: the module `Live`, the timer, the undo history, and the control surface.
"""

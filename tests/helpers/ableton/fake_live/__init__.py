"""An Ableton Live made of its documented API, which refuses what Live refuses.

`strict` has the rules (unknown names, read-only writes, keywords, wrong types, writes inside a listener, calls from
another thread, members that this version of Live does not have), `song`, `track` and `clip` what a set is made of,
`host` the program around it: the module `Live`, the timer, the undo history, and the control surface.
"""

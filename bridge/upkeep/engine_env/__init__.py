"""The engine environment: a virtual environment in the user's data folder, in which neural models run.

It holds torch and the libraries around it, in the build that fits this machine, and nothing of Stem Bridge itself:
the worker that is started in it reads the modules of the companion that starts it. So the bundle and a pip
installation share it, and it outlives both.

`hardware` looks at the machine, `choice` picks the build (plain arithmetic), `index` asks where it can be had,
`tools` finds what can make environments, `make` makes, goes on with and mends one, `remove` deletes it, `state` says
how it is, `find` is what the rest of the program asks. What is in it is believed from its own lists (`damage`) and
from two small files (`record`). Nothing here imports torch, numpy or Qt.
"""

"""The engine environment: a virtual environment in the user's data folder, in which neural models run.

It contains torch, in the build that fits this machine, and the libraries around it, but no code of Stem Bridge: the
worker that runs in it imports the modules of the companion that started it. So the bundle and a pip installation
share one environment, and it outlives both.

`hardware` detects the machine, `choice` picks the build of torch (plain arithmetic), `index` finds an index that has
it, `tools` finds pip or uv, `make` creates, resumes and repairs the environment, `remove` deletes it, `state` reports
its status, and `find` returns its Python to the rest of the program. Its contents are known from the lists of files
that distributions bring (`damage`) and from two small files (`record`). Nothing here imports torch, numpy or Qt.
"""

"""The engine worker: a separate process, so that neither a crash nor a full GPU in it ends the companion.

`run_job` does one job from engine to take; `main` is the worker's main program; `client` is the companion's side.
They exchange lines of JSON over the worker's standard input and output:

    to the worker    {"do": "load", "engine"}   {"do": "run", "id", "spec", "plan"}   {"do": "cancel", "id"}
    from the worker  {"event": "progress", "id", "phase", "fraction"}   {"event": "done", "id", "manifests", "stems"}
                     {"event": "failed", "id", "message"}   {"event": "cancelled", "id"}
"""

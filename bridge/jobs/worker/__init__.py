"""The engine worker: a process of its own, so that no crash and no full GPU in there takes the companion down.

`perform` does one job from engine to take; `process` is the worker's main program; `client` is the companion's side.
They talk in lines of JSON over the worker's standard input and output:

    to the worker    {"do": "load", "engine"}   {"do": "run", "id", "spec", "plan"}   {"do": "cancel", "id"}
    from the worker  {"event": "progress", "id", "phase", "fraction"}   {"event": "done", "id", "manifests", "stems"}
                     {"event": "failed", "id", "message"}   {"event": "cancelled", "id"}
"""

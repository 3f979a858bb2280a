"""Audio onto the grid, and how well it sits there, measured in the samples.

`conform` is the top: `track` finds the beats, `fit` makes a map (`warpmap`) of them, `warp` follows it with all stems
at once, `cut` takes whole bars out, `proof` measures the result anew. `plot` draws it. `measure` measures takes whose
notes are known. What must not live here: writing takes, or knowing about DAWs.
"""

"""Alignment of audio to the project's grid, and measurement of the result in the samples.

`conform` is the entry point: `track` finds the beats, `fit` makes a warp map (`warpmap`) from them, `warp` stretches
all stems along it at once, `cut` takes whole bars out, and `proof` measures the result independently. `fallback`
replaces a map that measures badly by the plain tempo ratio. `stream` does the same as `conform` for audio of any
length, `plot` draws the result, and `measure` measures takes whose notes are known. Must not live here: writing
takes, or knowing about DAWs.
"""

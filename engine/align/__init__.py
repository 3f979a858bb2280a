"""Audio against the grid: how well it sits there, measured in the samples.

What lives here: measuring (`measure`). What must not: writing files, or knowing about DAWs.
"""

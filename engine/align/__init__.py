"""Audio and the grid: where its beats are, how it gets onto the grid, and how well it sits there.

What lives here: beats (`track`), the map onto the grid (`fit`, `warpmap`), its proof on the result (`proof`), and
measuring of engines that know their notes (`measure`). What must not: writing files, or knowing about DAWs.
"""

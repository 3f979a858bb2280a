"""The built-in sketch engine: composes and renders without weights, sample-exact on the grid, in key.

Data flows one way: words → style (`style`) → composition (`compose`) → sound (`synth`) → balanced stems (`mix`).
"""

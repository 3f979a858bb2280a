"""A mix into stems: Demucs, with its weights from the models' folder and no network.

`model` loads and runs it on one stretch; `overlap` lays stretches over each other; `separator` puts it together, from
any rate and number of channels back to the same, in memory that does not grow with the length. What the model leaves
over is added to a stem, so that the stems sum to the mix. What must not live here: files that are written, and takes.
"""

from engine.separate.separator import Separated, Separation, Separator, find_separator

__all__ = ["Separated", "Separation", "Separator", "find_separator"]

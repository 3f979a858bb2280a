"""Separation of a mix into stems by Demucs, with its weights from the models' folder and without a network.

`demucs_model` loads the model and runs it on one segment; `overlap` cross-fades overlapping segments; `separator` is
the entry point, for any sample rate and number of channels, in memory that does not grow with the length. The
remainder that the model leaves is added to a stem, so that the stems sum to the mix. Must not live here: writing
files, and takes.
"""

from engine.separate.separator import Separated, Separation, Separator, find_separator

__all__ = ["Separated", "Separation", "Separator", "find_separator"]

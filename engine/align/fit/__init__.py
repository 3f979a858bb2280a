"""From tracked beats to a warp map: `mapping` decides how far to bend, `models` fits, `spline` is the curve."""

from engine.align.fit.mapping import Fit, fit_map, ratio_map

__all__ = ["Fit", "fit_map", "ratio_map"]

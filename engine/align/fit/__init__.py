"""Fits a warp map to tracked beats: `mapping` makes it, `time_models` chooses the model, `spline` is the curve."""

from engine.align.fit.mapping import MapFit, fit_map, ratio_map

__all__ = ["MapFit", "fit_map", "ratio_map"]

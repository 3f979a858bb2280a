"""Music values: tempo maps, meters, meter maps and keys, as DAWs count them. Pure Python, no numpy.

All arithmetic on time is here and nowhere else, so that one rounding rule holds everywhere.
"""

from engine.music.key import Key
from engine.music.meter import Meter
from engine.music.meter_map import MeterMap, MeterPoint
from engine.music.tempo import TempoMap, TempoPoint

__all__ = ["Key", "Meter", "MeterMap", "MeterPoint", "TempoMap", "TempoPoint"]

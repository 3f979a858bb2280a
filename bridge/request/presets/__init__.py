"""Presets: named parts of a parameter block, the factory's and the user's own.

Factory presets are data in `factory.toml`. A user preset is a file with a JSON block and nothing else, so the same
file can be mailed, put into version control, or posted to the HTTP service.
"""

from bridge.request.presets.presets import Preset, Presets, apply_preset

__all__ = ["Preset", "Presets", "apply_preset"]

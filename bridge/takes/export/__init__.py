"""Exports takes as WAV, FLAC or MP3: stems or mix, as single files or in one zip."""

from bridge.takes.export.export import FORMATS, WHATS, Export, export_take

__all__ = ["FORMATS", "WHATS", "Export", "export_take"]

"""Takes as files for somewhere else: WAV, FLAC or MP3, stems or mix, loose or in one zip."""

from bridge.takes.export.export import FORMATS, WHATS, Export, export_take

__all__ = ["FORMATS", "WHATS", "Export", "export_take"]

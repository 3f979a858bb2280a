"""Jobs stored by earlier versions, whose blocks were filled up with defaults and said no origins."""

from __future__ import annotations

from collections.abc import Mapping

from engine.origin import Origin

FORMER_DEFAULTS: Mapping[str, object] = {
    "genres": "",
    "lyrics": "",
    "lyrics_strength": 1.0,
    "output_seconds": 60,
    "shift": 4.0,
    "pitch_shift": 0.0,
    "steps": 50,
    "cfg": 4.0,
    "key": "",
    "tempo_map": [],
    "language": "",
    "stems": "auto",
    "task": "text2music",
    "source_audio": "",
    "reference_audio": "",
    "audio_codes": "",
    "lora": "",
    "lora_strength": 1.0,
    "chords": "",
    "stem_seeds": {},
    "midi_part": {},
    "variations": 1,
    "preset": "",
    "sample_rate": 48_000,
    "bit_depth": "24",
}
"""The values that were filled in before blocks had origins; never to be changed."""
_MUSIC = ("tempo", "tempo_map", "time_signature", "key")


def former_origin(block: Mapping[str, object], song: Mapping[str, object], daw: str) -> dict[str, str]:
    """Return the most likely origin of each value of a stored block: equal to a former default, nobody said it."""

    def origin(name: str, value: object) -> Origin:
        if name in FORMER_DEFAULTS and value == FORMER_DEFAULTS[name]:
            return Origin.DEFAULT
        if name in ("engine", "model"):
            return Origin.DEFAULT
        from_daw = daw and name in _MUSIC and (name in song or (name == "tempo_map" and "tempo" in song))
        return Origin.DAW if from_daw else Origin.USER

    return {name: origin(name, value).value for name, value in block.items()}

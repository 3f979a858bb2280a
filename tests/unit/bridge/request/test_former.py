"""Jobs of earlier versions: a row as it was written then runs as it was, and says who most likely said what."""

from __future__ import annotations

import json
from pathlib import Path

from bridge.request.former import FORMER_DEFAULTS, former_origin
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.job_spec import JobSpec
from bridge.request.presets.presets import Presets
from bridge.request.resolve import Resolver
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.music import Meter

SAID = {
    "genres": "funk",
    "tempo": 97.6,
    "time_signature": "7/8",
    "bars": 8.0,
    "seed": 7,
    "cfg": 6.0,
    "model": "sketch-1",
}
ROW = json.dumps(
    {
        "engine": "sketch",
        "block": {**FORMER_DEFAULTS, "engine": "sketch", **SAID},
        "prompt": "funk, 97.6 BPM",
        "start_beat": 16.0,
        "start_seconds": None,
        "project": None,
        "into": None,
        "daw": "REAPER",
        "notices": [],
        "base64": False,
        "follows": "playhead",
        "song": {"tempo": 97.6, "position": 16.0},
    }
)


def test_a_stored_job_runs_as_it_was_stored() -> None:
    spec = JobSpec.from_json(ROW)
    assert (spec.block["steps"], spec.block["cfg"], spec.frames) == (50, 6.0, 826_230)
    assert JobSpec.from_json(spec.to_json()) == spec
    request = spec.generation_request()
    assert (request.asked("cfg"), request.asked("steps"), request.asked("shift")) == (True, False, False)


def test_it_says_who_most_likely_said_what() -> None:
    origin = JobSpec.from_json(ROW).origin
    assert (origin["tempo"], origin["time_signature"], origin["cfg"]) == ("daw", "user", "user")
    assert {origin[name] for name in ("steps", "shift", "engine", "lyrics")} == {"default"}
    assert former_origin({"tempo": 90.0}, {"tempo": 90.0}, "")["tempo"] == "user"


def test_its_regeneration_keeps_what_was_said() -> None:
    spec = JobSpec.from_json(ROW)
    resolver = Resolver(Presets(Path("/none")), GenreMap(Path("/none")))
    now = SessionState(tempo=120.0, meter=Meter(4, 4))
    again = resolver.regenerate(spec, now, Trigger({}))
    assert (again.block["tempo"], again.block["time_signature"], again.block["cfg"]) == (120.0, "4/4", 6.0)
    assert "lora_strength" not in again.block

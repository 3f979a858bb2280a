"""The list of engines: the sketch engine is always ready, models say where they differ."""

from __future__ import annotations

import json
from pathlib import Path

from bridge.doors.http.engine_list import described_engines


def test_the_list_is_json_and_names_every_engine_of_this_machine(tmp_path: Path) -> None:
    listed = json.loads(json.dumps(described_engines(tmp_path)))
    sketch, neural = listed
    assert (sketch["ready"], sketch["reason"], neural["ready"]) == (True, "", False)
    assert neural["reason"]
    assert not any(model["installed"] for model in neural["models"])
    assert {model["name"]: model["capabilities"]["cfg"]["support"] for model in neural["models"]} == {
        "ace-step-xl-turbo": "ignored",
        "ace-step-2b-turbo": "ignored",
        "ace-step-xl-base": "honoured",
        "ace-step-2b-base": "honoured",
    }

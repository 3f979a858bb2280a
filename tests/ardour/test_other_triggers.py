"""Unmodified programs as triggers: `oscsend`, and Pure Data, which sends every number as a float."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.helpers.companion_process import CompanionProcess, read_json
from tests.helpers.debian import need
from tests.helpers.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PROGRAM_S = 60.0
TAKE_S = 120.0

# netsend connects, then each message goes through oscformat; the last one ends Pd.
PATCH = """#N canvas 0 0 450 300 12;
#X obj 10 10 loadbang;
#X obj 10 40 t b b b b b b;
#X obj 10 270 list prepend send;
#X obj 10 290 list trim;
#X obj 10 320 netsend -u -b;
#X msg 300 60 connect 127.0.0.1 {port};
#X msg 400 90 97.6;
#X obj 400 250 oscformat /stembridge/tempo;
#X msg 600 90 7 8;
#X obj 600 250 oscformat /stembridge/timesig;
#X msg 800 90 symbol {project};
#X obj 800 250 oscformat /stembridge/project;
#X msg 1000 90 14 1;
#X obj 1000 250 oscformat /stembridge/generate;
#X obj 500 450 delay 500;
#X msg 500 500 \\; pd quit;
#X connect 0 0 1 0;
#X connect 1 5 5 0;
#X connect 5 0 4 0;
#X connect 1 4 6 0;
#X connect 6 0 7 0;
#X connect 7 0 2 0;
#X connect 1 3 8 0;
#X connect 8 0 9 0;
#X connect 9 0 2 0;
#X connect 1 2 10 0;
#X connect 10 0 11 0;
#X connect 11 0 2 0;
#X connect 1 1 12 0;
#X connect 12 0 13 0;
#X connect 13 0 2 0;
#X connect 2 0 3 0;
#X connect 3 0 4 0;
#X connect 1 0 14 0;
#X connect 14 0 15 0;
"""


def check_take(project: Path) -> None:
    # A folder whose name begins with a dot is a take that is still being written.
    pattern = "[!.]*/manifest.json"
    (path,) = wait_until(lambda: list((project / "StemBridge").glob(pattern)), "the take is there", TAKE_S)
    take = read_json(path)
    assert (take["tempo"], take["time_signature"], take["start_beat"], take["bars"]) == (97.6, "7/8", 14.0, 1.0)


def test_oscsend_triggers_a_take(tmp_path: Path) -> None:
    need("oscsend")
    project = tmp_path / "song"
    project.mkdir()
    # Every call is another client: the project is set at the companion, and all values are in one message.
    with CompanionProcess(tmp_path / "home", "--project", str(project)) as companion:
        request = {"tempo": 97.6, "time_signature": "7/8", "start_beat": 14, "bars": 1, "genres": "funk"}
        port = str(companion.osc_port)
        command = ["oscsend", "127.0.0.1", port, "/stembridge/generate", "s", json.dumps(request)]
        subprocess.run(command, check=True, timeout=PROGRAM_S)
        check_take(project)


def test_pure_data_triggers_a_take_though_it_sends_only_floats(tmp_path: Path) -> None:
    need("pd")
    project = tmp_path / "song"
    project.mkdir()
    with CompanionProcess(tmp_path / "home") as companion:
        patch = tmp_path / "trigger.pd"
        patch.write_text(PATCH.format(port=companion.osc_port, project=project))
        subprocess.run(
            ["pd", "-nogui", "-noaudio", "-nomidi", "-noprefs", str(patch)],
            check=True,
            timeout=PROGRAM_S,
            capture_output=True,
        )
        check_take(project)

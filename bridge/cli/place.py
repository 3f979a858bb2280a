"""`stembridge place`: puts a take into an Ardour session that is closed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from bridge.cli.output import print_json


def run(options: argparse.Namespace) -> int:
    """Place the take and print its position; return 0."""
    from bridge.daws.ardour_session.place import as_json, place_take

    placement = place_take(Path(options.take), Path(options.into), options.bar)
    if options.json:
        print_json(json.loads(as_json(placement)))
        return 0
    names = ", ".join(stem.name for stem in placement.stems)
    seconds = placement.start_sample / placement.sample_rate
    print(f"{placement.session}: {names} from {seconds:.3f} s on; before it: {placement.backup.name}")
    return 0

"""`stembridge submit`: sends a request to another companion and fetches its take."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from bridge.cli.generate import read_file
from bridge.cli.output import print_json
from bridge.request.block import check_block, parse_json_block
from bridge.settings.remote_address import KEY_VARIABLE
from bridge.takes.fetch import fetch_takes
from engine.remote.address import RemoteAddress
from engine.remote.client import RemoteCompanion
from engine.remote.follow import RemoteStatus

BAR_WIDTH = 30


def run(options: argparse.Namespace) -> int:
    """Submit the request, wait for it and fetch its takes; return 0. Any error, also Ctrl-C, cancels the request."""
    block = parse_json_block(read_file(options.params))
    check_block({name: value for name, value in block.items() if name not in ("source_audio", "reference_audio")})
    address = RemoteAddress.parse(options.url, options.key or os.environ.get(KEY_VARIABLE, ""))
    with RemoteCompanion(address) as companion:
        request = companion.submit(block)
        try:
            result = companion.wait(request, _progress_bar)
            manifests = fetch_takes(companion, result, Path(options.out))
        except BaseException:
            companion.cancel(request)
            raise
        finally:
            print(file=sys.stderr)
    if options.json:
        print_json(json.loads(manifests[0].read_text(encoding="utf-8")))
    else:
        for manifest in manifests:
            print(manifest.parent)
    return 0


def _progress_bar(status: RemoteStatus) -> None:
    done = round(BAR_WIDTH * status.progress)
    bar = "█" * done + "·" * (BAR_WIDTH - done)
    print(f"\r{bar} {status.progress:4.0%} {status.phase:11}", end="", file=sys.stderr, flush=True)

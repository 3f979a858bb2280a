"""A client of the companion's HTTP API, as used by scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from tests.helpers.companion_process import CompanionProcess

MODEL = "ace-step-music"
SHORT: dict[str, Any] = {"genres": "funk", "output_seconds": 10, "seed": 3}
LONG: dict[str, Any] = {"genres": "house", "output_seconds": 240, "variations": 8}


def client(companion: CompanionProcess, **headers: str) -> httpx.Client:
    return httpx.Client(
        base_url=f"http://127.0.0.1:{companion.http_port}", headers=headers, timeout=120, trust_env=False
    )


def submit(http: httpx.Client, block: Mapping[str, Any] = SHORT) -> str:
    """Queue a request and return its id."""
    answer = http.post(f"/v2/{MODEL}", json=block)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["request_id"])


def follow(http: httpx.Client, request_id: str) -> list[dict[str, Any]]:
    """Return every event of a job up to its last."""
    import json

    with http.stream("GET", f"/v1/jobs/{request_id}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        return [json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: ")]

"""Replies in the mailbox: lines of fields with a tab between them, which any script can read without a JSON parser.

A tab, line break or backslash inside a field is written `\\t`, `\\n`, `\\r`, `\\\\`. The first line says `stembridge`
and the format's number; the others are a name and its values. A `take` line begins a take; the `stem` and `mix` lines
after it are of that take. The last line is `end`: a reply without it is not complete.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bridge.jobs.job import Job, State
from bridge.takes.colors import stem_color
from bridge.takes.manifest import read_manifest
from engine.errors import InvalidValue

FORMAT = 1
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": " "})


def refusal(why: str) -> str:
    """Return the reply to a request that led to no job."""
    return _text([("state", State.FAILED), ("message", why)])


def status_reply(job: Job) -> str:
    """Return the reply that reports a job's status, with all files of its takes once it is done."""
    lines: list[tuple[object, ...]] = [("state", job.state), ("job", job.id), ("progress", round(job.progress, 4))]
    lines += [("phase", job.phase), ("start", job.spec.start_beat)]
    if job.state is State.DONE:
        try:
            lines += _takes([Path(path) for path in job.manifests])
        except InvalidValue as error:  # the take has been deleted or moved
            return refusal(str(error))
        lines += [("notice", notice) for notice in job.spec.notices]
    elif job.message:
        lines.append(("message", job.message))
    return _text(lines)


def order(paths: Sequence[Path], where: str, beat: float, notices: Sequence[str] = ()) -> str:
    """Return the order to put takes of one job on the timeline: `where`, and the takes' own beat.

    Raises
    ------
    InvalidValue
        If one of the manifests is not that of a complete take.
    """
    first = read_manifest(paths[0])
    job_id = str(first["id"]).partition("-")[0]  # a variation's id has a number after the job's
    lines: list[tuple[object, ...]] = [("state", State.DONE), ("job", job_id), ("start", beat), ("place", where)]
    return _text([*lines, *_takes(paths), *(("notice", notice) for notice in notices)])


def _takes(paths: Sequence[Path]) -> Iterable[tuple[object, ...]]:
    manifests = [read_manifest(path) for path in paths]
    best = min(range(len(manifests)), key=lambda index: _error_ms(manifests[index]))
    for index, (path, manifest) in enumerate(zip(paths, manifests, strict=True)):
        length_s = manifest["frames"] / manifest["sample_rate"]
        yield ("take", path.parent.name, int(index == best), manifest["params"]["seed"], repr(length_s))
        for stem in manifest["stems"]:
            yield ("stem", stem["name"], path.parent / stem["file"], stem.get("color") or stem_color(stem["name"]))
        yield ("mix", "mix", path.parent / manifest["mix"]["file"], stem_color("mix"))


def _error_ms(manifest: dict[str, Any]) -> float:
    """Return a take's distance from the grid (95th percentile), infinite where it was not measured."""
    error = manifest["alignment"].get("error_ms_p95")
    return float(error) if isinstance(error, int | float) else math.inf


def _text(lines: Iterable[tuple[object, ...]]) -> str:
    everything = [("stembridge", FORMAT), *lines, ("end",)]
    return "".join("\t".join(map(escape_field, line)) + "\n" for line in everything)


def escape_field(value: object) -> str:
    """Return a field as a line contains it."""
    return str(value).translate(_ESCAPES)

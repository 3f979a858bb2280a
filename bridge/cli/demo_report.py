"""The words of `stembridge demo`: its steps on standard error while it works, and where to listen at the end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from bridge.cli.own_command import copyable, own_command

STEPS = {
    "queued": "Waiting for the turn",
    "loading": "Tuning the instruments",
    "generating": "Playing",
    "separating": "Splitting it into stems",
    "aligning": "Measuring it against the beat",
    "writing": "Writing the files",
}
"""Phase of a job → the step as a musician would name it."""


class DemoReport:
    """Says each step on a line; on a terminal with its percentage. The OSC messages too, if asked for."""

    def __init__(self, with_messages: bool) -> None:
        self._with_messages = with_messages
        self._is_terminal = sys.stderr.isatty() and not with_messages
        self._step = ""

    def step(self, text: str, share: float | None = None) -> None:
        """Say that a step goes on; `share` of it (0–1) is done."""
        if self._is_terminal:
            print(f"{self._lead(text)}{text}{'' if share is None else f' {share:.0%}'}", end="", file=sys.stderr)
            sys.stderr.flush()
        elif text != self._step:
            print(text, file=sys.stderr, flush=True)
        self._step = text

    def phase(self, name: str, share: float) -> None:
        """Say how far a phase of the job is."""
        self.step(STEPS.get(name, name.capitalize()), share)

    def message(self, line: str) -> None:
        """Print a message on the wire, if messages are shown."""
        if self._with_messages:
            print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        """End the line of the last step."""
        if self._is_terminal and self._step:
            print(file=sys.stderr)

    def _lead(self, text: str) -> str:
        """Return what comes before a step: the same one is written over, another one begins a line."""
        return "\r\x1b[K" if text == self._step else "\n" if self._step else ""


def describe_take(path: Path, manifest: dict[str, Any]) -> str:
    """Return what was made, where it can be heard, and how the window is opened."""
    length_s = manifest["frames"] / manifest["sample_rate"]
    stems = manifest["stems"]
    widest = max(len(stem["name"]) for stem in stems)
    files = max(len(stem["file"]) for stem in stems)
    key = f", {manifest['key']}" if manifest["key"] else ""
    return "\n".join(
        (
            f"Ready: {manifest['bars']:g} bars of {manifest['time_signature']} at {manifest['tempo']:g} BPM{key}, "
            f"{length_s:.1f} s. {_timing(manifest['alignment'])}",
            *manifest["notices"],
            "",
            "Listen here:",
            f"  {copyable([str(path.parent / manifest['mix']['file'])])}",
            "",
            "Each part is a file of its own beside it, as audio and as MIDI:",
            *(
                f"  {stem['name']:{widest}}  {stem['file']:{files}}  {stem.get('midi') or ''}".rstrip()
                for stem in stems
            ),
            "",
            "Open the window with:",
            f"  {own_command()}",
        )
    )


def _timing(alignment: dict[str, Any]) -> str:
    if alignment["error_ms_median"] is None:
        return "Its timing could not be measured."
    return (
        f"Of {alignment['onsets']} notes measured, half are within {alignment['error_ms_median']:.2f} ms "
        f"of the beat, 95 % within {alignment['error_ms_p95']:.2f} ms."
    )

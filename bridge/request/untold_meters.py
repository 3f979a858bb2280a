"""The meter changes that a DAW cannot tell: Live tells the meter at its playhead, its saved set has them all."""

from __future__ import annotations

from bridge.request.job_spec import JobSpec
from bridge.request.live_set import newest_set
from bridge.request.session_state import SessionState
from engine.errors import InvalidValue


def untold_meters(spec: JobSpec, state: SessionState) -> list[str]:
    """Return a notice if the take of `spec` has the one meter of its DAW where the project's saved set has more."""
    if not state.daw or state.project is None or state.meter is None or not spec.meters.is_constant:
        return []
    try:
        saved = newest_set(state.project)
        meters = saved.meter_map(spec.start_beat).until(spec.length_beats) if saved is not None else None
    except InvalidValue:
        return []
    if saved is None or meters is None or meters.is_constant:
        return []
    change = meters.points[1]
    return [
        f"{state.daw} tells one meter only, so the take is in {spec.meter} throughout; {saved.path.name}, as it was "
        f"last saved, changes to {change.meter} in bar {change.bar + 1} of it."
    ]

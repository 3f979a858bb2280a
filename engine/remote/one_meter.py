"""A request in one meter, for a companion that is older than meter maps."""

from __future__ import annotations

from collections.abc import Mapping

from engine.contract import GenerationRequest


def in_one_meter(body: Mapping[str, object], request: GenerationRequest) -> tuple[dict[str, object], str]:
    """Return `body` in the request's first meter, as many of its bars as have the same length, and a notice."""
    meter, change = request.meters.first, request.meters.points[1]
    one = {name: value for name, value in body.items() if name != "meter_map"}
    one |= {"time_signature": str(meter), "bars": float(request.length_beats / meter.bar_beats)}
    return one, (
        f"The other companion is older and knows one meter only: it made {meter} throughout, "
        f"without the {change.meter} from bar {change.bar + 1} on."
    )

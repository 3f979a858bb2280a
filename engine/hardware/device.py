"""The description of a processor that models can run on. No torch."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

DeviceKind = Literal["cuda", "rocm", "mps", "cpu"]
Dtype = Literal["bfloat16", "float32"]


@dataclass(frozen=True, slots=True)
class Device:
    """A processor and its memory at this moment.

    Attributes:
        index: number among the devices of its kind.
        dtype: the precision that models need on it. float16 is never one: XL's residual stream exceeds its range.
    """

    kind: DeviceKind
    name: str
    total_bytes: int
    free_bytes: int
    dtype: Dtype
    index: int = 0

    @property
    def torch_name(self) -> str:
        """The name of the device in torch."""
        return {"cuda": f"cuda:{self.index}", "rocm": f"cuda:{self.index}"}.get(self.kind, self.kind)

    @property
    def has_own_memory(self) -> bool:
        """True if its memory is not the computer's, so that weights can be offloaded to that."""
        return self.kind in ("cuda", "rocm")

    def __str__(self) -> str:
        """Return the line that users read."""
        memory = f"{self.free_bytes / 1e9:.1f} of {self.total_bytes / 1e9:.1f} GB free"
        return f"{self.name} ({self.kind.upper()}), {memory}, {self.dtype}"

    def to_json(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Device:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))

"""What this machine can run: `probe` looks at its processors, `choose` picks model, precision and way of running.

`probe` imports torch, and only when called; `choose` is plain arithmetic on what `probe` has found, so that every
device can be tried out on any machine.
"""

from engine.hardware.choose import Choice, Offload, choose_model, needed_bytes, recommend_model
from engine.hardware.device import Device, DeviceKind, Dtype

__all__ = [
    "Choice",
    "Device",
    "DeviceKind",
    "Dtype",
    "Offload",
    "choose_model",
    "needed_bytes",
    "recommend_model",
]

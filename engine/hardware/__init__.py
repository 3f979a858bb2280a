"""The choice of model for this machine: `probe` finds the processor, `choose` picks model, precision and offload.

`probe` imports torch, and only when called; `choose` is plain arithmetic on a `Device`, so that the choice for any
device can be tested on any machine.
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

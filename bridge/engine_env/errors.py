"""What can go wrong with the engine environment."""

from engine.errors import StemBridgeError


class EnvironmentFault(StemBridgeError):
    """The engine environment cannot be made, mended or removed; the sentence says why and what to do."""

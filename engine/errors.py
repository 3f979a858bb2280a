"""Errors whose text is shown to the user as it stands.

::

    StemBridgeError          one clear sentence, says what to do where something can be done
    ├── InvalidValue         a value from outside: names it, what was given and what is allowed
    ├── EngineUnavailable    an engine that is not installed or cannot run here
    ├── EngineFailed         an engine that broke while it worked
    ├── ModelFault           a model that cannot be fetched, or whose files are not what they should be
    └── Cancelled            not a fault: the user asked to stop
"""


class StemBridgeError(Exception):
    """Base of every error that is meant for a user's eyes; `str(error)` is the sentence to show."""


class InvalidValue(StemBridgeError, ValueError):
    """A value that came from outside and is not allowed."""

    def __init__(self, name: str, given: object, allowed: str) -> None:
        """Say that `name` was `given` although it must be `allowed`.

        Long values are shortened: the sentence has to fit an OSC message of 1,024 bytes.
        """
        shown = given if isinstance(given, str) else _text_of(given)
        if len(shown) > 120:
            shown = shown[:117] + "…"
        super().__init__(
            f"{name} must be {allowed}, not {shown!r}."
            if isinstance(given, str)
            else f"{name} must be {allowed}, not {shown}."
        )
        self.name = name
        self.given = given
        self.allowed = allowed


def _text_of(value: object) -> str:
    """Return how a value looks in Python; integers of thousands of digits and endless nesting have no such text."""
    try:
        return repr(value)
    except (ValueError, RecursionError):
        return f"something of type {type(value).__name__}"


class EngineUnavailable(StemBridgeError):
    """The engine that was asked for cannot run here."""


class EngineFailed(StemBridgeError):
    """The engine broke while it worked; the job is lost, the companion is not."""


class ModelFault(StemBridgeError):
    """A model cannot be fetched, or its files are missing, damaged or another model's; the sentence says which."""


class Cancelled(StemBridgeError):
    """Raised out of a progress report when the user has cancelled the job."""

    def __init__(self) -> None:
        super().__init__("The job was cancelled.")

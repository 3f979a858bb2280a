"""Errors whose text is shown to the user as it stands.

::

    StemBridgeError          one sentence for the user, with the remedy if there is one
    ├── InvalidValue         a value from outside is not allowed: its name, the value, the allowed ones
    ├── EngineUnavailable    an engine is not installed or cannot run here
    ├── EngineFailed         an engine failed during a job
    ├── ModelFault           a model cannot be downloaded, or its files are missing, damaged or wrong
    └── Cancelled            not a fault: the user has cancelled
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
    """Return the `repr` of a value; integers of thousands of digits and very deep nesting have none."""
    try:
        return repr(value)
    except (ValueError, RecursionError):
        return f"something of type {type(value).__name__}"


class EngineUnavailable(StemBridgeError):
    """The requested engine cannot run here."""


class EngineFailed(StemBridgeError):
    """The engine failed during a job; the job is lost, the companion goes on."""


class ModelFault(StemBridgeError):
    """A model cannot be downloaded, or its files are missing, damaged or another model's; the sentence says which."""


class Cancelled(StemBridgeError):
    """Raised out of a progress report when the user has cancelled the job."""

    def __init__(self) -> None:
        super().__init__("The job was cancelled.")

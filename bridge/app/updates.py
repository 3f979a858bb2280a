"""What is older than this version, as a window handles it: a message with a button, and what the button does."""

from __future__ import annotations

import time
from concurrent.futures import Future

from bridge.app.background import in_thread
from bridge.home.folders import Folders
from bridge.home.messages import Action, Message, Messages
from bridge.upkeep.engine_env.progress import InstallStep
from bridge.upkeep.updates import find_outdated, progress_text, repair_all

COMMAND = "update"
"""The window's command behind the button."""
TOPIC = "update"
TELL_EVERY_S = 2.0


def look(messages: Messages, folders: Folders) -> Future[None]:
    """Tell the user what is of another version, with the button that brings it up to date."""

    def work() -> None:
        outdated = [one for one in find_outdated(folders) if one.is_announced]
        if outdated:
            sentence = " ".join(one.sentence for one in outdated)
            messages.post(Message("warning", sentence, Action("Update", COMMAND), TOPIC))

    return in_thread(work)


def repair(messages: Messages, folders: Folders) -> Future[None]:
    """Bring everything up to date and tell how it went; for what could not be done the button is offered again."""

    def work() -> None:
        faults = repair_all(find_outdated(folders), Teller(messages))
        if faults:
            messages.error(" ".join(faults.values()), Action("Try again", COMMAND), TOPIC)
        else:
            messages.info("Everything is up to date.", TOPIC)

    return in_thread(work)


class Teller:
    """Tells how far a repair is, every few seconds: libraries may have to be fetched."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._told_s = -TELL_EVERY_S

    def __call__(self, step: InstallStep) -> None:
        """Tell the step, unless one was told just now."""
        if time.monotonic() - self._told_s >= TELL_EVERY_S:
            self._told_s = time.monotonic()
            self._messages.info(f"Updating: {progress_text(step)}", TOPIC)

"""What is older than this version, as a window handles it: a message with a button, and what the button does."""

from __future__ import annotations

import time
from concurrent.futures import Future

from bridge.app.background import in_thread
from bridge.home.folders import Folders
from bridge.home.messages import Message, MessageAction, Messages
from bridge.upkeep.engine_env.progress import Step
from bridge.upkeep.updates import find_outdated, repair_all, words

COMMAND = "update"
"""The window's command behind the button."""
TOPIC = "update"
TELL_EVERY_S = 2.0


def look(messages: Messages, folders: Folders) -> Future[None]:
    """Tell the user what is of another version, with the button that brings it up to date."""

    def work() -> None:
        outdated = [one for one in find_outdated(folders) if one.is_told]
        if outdated:
            sentence = " ".join(one.sentence for one in outdated)
            messages.post(Message("warning", sentence, MessageAction("Update", COMMAND), TOPIC))

    return in_thread(work)


def repair(messages: Messages, folders: Folders) -> Future[None]:
    """Bring everything up to date and tell how it went; for what could not be done the button is offered again."""

    def work() -> None:
        faults = repair_all(find_outdated(folders), Teller(messages))
        if faults:
            messages.error(" ".join(faults.values()), MessageAction("Try again", COMMAND), TOPIC)
        else:
            messages.info("Everything is up to date.", TOPIC)

    return in_thread(work)


class Teller:
    """Tells how far a repair is, every few seconds: libraries may have to be fetched."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._told_s = -TELL_EVERY_S

    def __call__(self, step: Step) -> None:
        """Tell the step, unless one was told just now."""
        if time.monotonic() - self._told_s >= TELL_EVERY_S:
            self._told_s = time.monotonic()
            self._messages.info(f"Updating: {words(step)}", TOPIC)

"""Outdated scripts and files for the window: the message that names them, and the action of its button."""

from __future__ import annotations

import time
from concurrent.futures import Future

from bridge.app.background import in_thread
from bridge.home.folders import Folders
from bridge.home.messages import Message, MessageAction, Messages
from bridge.upkeep.engine_env.progress import InstallStep
from bridge.upkeep.updates import find_outdated, progress_text, repair_all

COMMAND = "update"
"""The window's command that the button runs."""
TOPIC = "update"
TELL_EVERY_S = 2.0


def look(messages: Messages, folders: Folders) -> Future[None]:
    """Post a message that names what is outdated, with the button that updates it; none if all is up to date."""

    def work() -> None:
        outdated = [one for one in find_outdated(folders) if one.is_announced]
        if outdated:
            sentence = " ".join(one.sentence for one in outdated)
            messages.post(Message("warning", sentence, MessageAction("Update", COMMAND), TOPIC))

    return in_thread(work)


def repair(messages: Messages, folders: Folders) -> Future[None]:
    """Update everything and post the result; after a failure the message offers to try again."""

    def work() -> None:
        faults = repair_all(find_outdated(folders), ProgressMessages(messages))
        if faults:
            messages.error(" ".join(faults.values()), MessageAction("Try again", COMMAND), TOPIC)
        else:
            messages.info("Everything is up to date.", TOPIC)

    return in_thread(work)


class ProgressMessages:
    """Posts the progress of a repair, which may download libraries, at most every `TELL_EVERY_S` seconds."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._told_s = -TELL_EVERY_S

    def __call__(self, step: InstallStep) -> None:
        """Post the step, unless the last message is too recent."""
        if time.monotonic() - self._told_s >= TELL_EVERY_S:
            self._told_s = time.monotonic()
            self._messages.info(f"Updating: {progress_text(step)}", TOPIC)

"""What was asked of the companion and how it fares. Knows nothing of the set: what to place is handed on."""

import json

ACCEPT_S = 10.0
"""A companion that has not taken a request by then is said not to answer; the request still counts."""
SAME_BEAT = 0.01
AGAIN_S = 1.0
"""A take that is announced twice within this is placed once: it may be told, and be the answer to a question."""
FINAL = ("/job/done", "/job/failed", "/job/cancelled")


class Request:
    """One thing asked for: a block for `/generate`, and what asked for it (handed back with the take)."""

    def __init__(self, block, trigger=None):
        self.block = block
        self.trigger = trigger
        self.sent_s = None


class Jobs:
    """Sends requests one after the other, and matches answers to them by the beat that they carry."""

    def __init__(self, send, say, done, failed):
        """Connect the parts.

        `send(address, *values)` tells whether a companion is there; `say(text)` shows a sentence; `done(manifest,
        beat, trigger)` and `failed(trigger)` take a job's end.
        """
        self._send = send
        self._say = say
        self._done = done
        self._failed = failed
        self._waiting = []
        self._jobs = {}
        self._placed = ("", 0.0)
        self._now_s = 0.0

    @property
    def is_idle(self):
        """True if nothing was asked for that has not ended."""
        return not self._waiting and not self._jobs

    def ask(self, request):
        """Ask for a take, at once or as soon as a companion is there."""
        self._waiting.append(request)

    def poll(self, now_s, is_connected):
        """Send what waits; `now_s` is a clock that only goes forward."""
        self._now_s = now_s
        if not self._waiting:
            return
        first = self._waiting[0]
        if first.sent_s is None and is_connected:
            if self._send("/generate", json.dumps(first.block)):
                first.sent_s = now_s
        elif first.sent_s is not None and now_s - first.sent_s > ACCEPT_S:
            self._waiting.pop(0)
            self._say("The companion does not answer; it may be too busy, or hang")
            self._failed(first.trigger)

    def reconnected(self):
        """Ask a companion that was restarted for what the one before it had taken, and send again what it had not."""
        for request in self._waiting:
            request.sent_s = None
        for job in self._jobs:
            self._send("/status", job)

    def hear(self, address, values):
        """Take one message of the companion about a job; others are passed over."""
        if address == "/job/accepted" and len(values) == 2:
            self._accepted(str(values[0]), float(values[1]))
        elif address == "/job/progress" and len(values) == 3:
            self._say("%s, %d %%" % (str(values[2]).capitalize(), round(100 * values[1])))
        elif address in FINAL and values:
            self._ended(address, str(values[0]), values[1:])
        elif address == "/error" and len(values) == 2:
            self._refused(str(values[0]), str(values[1]))

    def _accepted(self, job, beat):
        """Note a job; one that a pad of the companion's has asked for comes without a request."""
        first = self._waiting[0] if self._waiting else None
        trigger = None
        if first is not None and first.sent_s is not None and abs(first.block["start_beat"] - beat) < SAME_BEAT:
            trigger = self._waiting.pop(0).trigger
        self._jobs[job] = (beat, trigger)
        self._say("Asked for, in the queue")

    def _ended(self, address, job, rest):
        beat, trigger = self._jobs.pop(job, (None, None))
        if address == "/job/done" and rest:
            manifest = str(rest[0])
            if self._placed[0] == manifest and self._now_s - self._placed[1] < AGAIN_S:
                return
            self._placed = (manifest, self._now_s)
            self._done(manifest, beat, trigger)
            return
        self._say(str(rest[0]) if rest else "Cancelled")
        self._failed(trigger)

    def _refused(self, what, address):
        self._say(what)
        if address.endswith("/generate") and self._waiting and self._waiting[0].sent_s is not None:
            self._failed(self._waiting.pop(0).trigger)
        elif address.endswith("/status"):
            for job in [job for job in self._jobs if job in what]:
                self._failed(self._jobs.pop(job)[1])

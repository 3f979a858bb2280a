"""Requests to the companion and the jobs they become. Knows nothing of the set: finished takes go to a callback."""

import json

ACCEPT_S = 10.0
"""Timeout until a request is accepted. The user is told then; the companion may still carry the request out."""
SAME_BEAT = 0.01
REPEAT_S = 1.0
"""A take announced twice within this is placed once: `/job/done` is both an event and a reply to `/status`."""
FINAL = ("/job/done", "/job/failed", "/job/cancelled")


class Request:
    """One request: a block for `/generate`, and the clip slot that triggered it (handed back with the take)."""

    def __init__(self, block, trigger=None):
        self.block = block
        self.trigger = trigger
        self.sent_s = None


class Jobs:
    """Sends requests one after the other, and matches replies to them by the beat that they carry."""

    def __init__(self, send, say, done, failed):
        """Connect the parts.

        `send(address, *values)` returns True if a companion is connected; `say(text)` shows a sentence;
        `done(manifest, beat, trigger)` and `failed(trigger)` are called when a job ends.
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
        """True if no request waits and no job runs."""
        return not self._waiting and not self._jobs

    def ask(self, request):
        """Queue a request; it is sent at once, or as soon as a companion is connected."""
        self._waiting.append(request)

    def poll(self, now_s, is_connected):
        """Send the first waiting request, or drop it after its timeout; `now_s` is a monotonic clock."""
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
        """After a restart of the companion ask for the status of accepted jobs, and send other requests again."""
        for request in self._waiting:
            request.sent_s = None
        for job in self._jobs:
            self._send("/status", job)

    def handle(self, address, values):
        """Handle one message of the companion about a job; others are ignored."""
        if address == "/job/accepted" and len(values) == 2:
            self._accepted(str(values[0]), float(values[1]))
        elif address == "/job/progress" and len(values) == 3:
            self._say("%s, %d %%" % (str(values[2]).capitalize(), round(100 * values[1])))
        elif address in FINAL and values:
            self._ended(address, str(values[0]), values[1:])
        elif address == "/error" and len(values) == 2:
            self._refused(str(values[0]), str(values[1]))

    def _accepted(self, job, beat):
        """Note a new job and its request; a job started from a pad of the companion has no request here."""
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
            if self._placed[0] == manifest and self._now_s - self._placed[1] < REPEAT_S:
                return
            self._placed = (manifest, self._now_s)
            self._done(manifest, beat, trigger)
            return
        self._say(str(rest[0]) if rest else "Cancelled")
        self._failed(trigger)

    def _refused(self, sentence, address):
        self._say(sentence)
        if address.endswith("/generate") and self._waiting and self._waiting[0].sent_s is not None:
            self._failed(self._waiting.pop(0).trigger)
        elif address.endswith("/status"):
            for job in [job for job in self._jobs if job in sentence]:
                self._failed(self._jobs.pop(job)[1])

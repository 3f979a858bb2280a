"""A companion's HTTP API on this machine with prepared answers, for tests of the client side."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from engine.remote.address import RemoteAddress


@dataclass(frozen=True)
class Answer:
    """One prepared answer; with `cut`, the connection ends before the announced length is sent."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False

    @classmethod
    def json(cls, value: object, status: int = 200, **headers: str) -> Answer:
        return cls(
            status, json.dumps(value).encode(), {name.replace("_", "-"): text for name, text in headers.items()}
        )

    @classmethod
    def events(cls, *values: object, cut: bool = False) -> Answer:
        """Return a stream of server-sent events, one for each value."""
        body = "".join(f"event: job\ndata: {json.dumps(value)}\n\n" for value in values).encode()
        return cls(200, body, {"content-type": "text/event-stream"}, cut)


@dataclass(frozen=True)
class Received:
    """One request that the companion has received; `key` is the API key sent with it."""

    method: str
    path: str
    key: str
    body: Any


class FakeCompanion:
    """Serves answers by method and path; of several answers for one path, the last is repeated."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._answers: dict[tuple[str, str], list[Answer]] = {}
        companion = self

        class Handler(_Handler):
            served = companion

        self._server = _Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def address(self) -> RemoteAddress:
        return RemoteAddress(self.url, "sb_key")

    def answers(self, method: str, path: str, *answers: Answer) -> None:
        self._answers[method, path] = list(answers)

    def requests_for(self, method: str, path: str) -> Sequence[Received]:
        return [request for request in self.received if (request.method, request.path) == (method, path)]

    def next_answer(self, method: str, path: str) -> Answer:
        prepared = self._answers.get((method, path), [Answer.json({"error": "There is no such path."}, 404)])
        return prepared.pop(0) if len(prepared) > 1 else prepared[0]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore a client that has hung up."""


class _Handler(BaseHTTPRequestHandler):
    served: FakeCompanion
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None: ...

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        key = self.headers.get("x-api-key", "")
        self.served.received.append(Received(self.command, self.path, key, json.loads(body) if body else None))
        answer = self.served.next_answer(self.command, self.path)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body) + 10 * answer.cut))
        self.end_headers()
        self.wfile.write(answer.body)
        if answer.cut:
            self.close_connection = True


@contextmanager
def fake_companion() -> Iterator[FakeCompanion]:
    companion = FakeCompanion()
    try:
        yield companion
    finally:
        companion.close()

"""A small hub on this machine: the part of huggingface.co's API that downloads use, over folders, with faults on
request.

`GET /api/models/<repo>/revision/<rev>?blobs=true` lists a repository, `GET /<repo>/resolve/<rev>/<path>` gives a
file, in ranges, the large ones (here: weights) by a redirect to `/cdn/…` on another port.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlparse

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Faults:
    """The faults to simulate, by file path; each count goes down with every fault.

    Attributes:
        dies: the connection ends after so many bytes, `times` times.
        slow_s: wait after every block of 4 kB.
        flips: the first byte is changed, so many times.
        answers: status codes to answer with, each once.
        ignores_ranges: the whole file is sent whatever range was requested.
        repository_answer: status and error code that the API answers with.
        names: extra file names in the listing.
    """

    dies: dict[str, tuple[int, int]] = field(default_factory=dict)
    slow_s: dict[str, float] = field(default_factory=dict)
    flips: dict[str, int] = field(default_factory=dict)
    answers: dict[str, list[int]] = field(default_factory=dict)
    ignores_ranges: bool = False
    repository_answer: tuple[int, str] | None = None
    names: tuple[str, ...] = ()


class LocalHub:
    """Serves repositories until closed; `requests` has the received requests as (path, range, authorisation)."""

    def __init__(self, repositories: dict[str, Path], licence: str = "mit") -> None:
        self.repositories, self.licence = repositories, licence
        self.faults = Faults()
        self.requests: list[tuple[str, str, str]] = []
        self.sent: Counter[str] = Counter()
        self.under_way = threading.Event()
        hub = self

        class Handler(_Handler):
            served = hub

        self._servers = [ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2)]
        for server in self._servers:
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._servers[0].server_port}"

    @property
    def cdn(self) -> str:
        return f"http://localhost:{self._servers[1].server_port}"

    def listing(self, repository: str) -> dict[str, Any]:
        folder = self.repositories[repository]
        files = [_described(folder, path) for path in sorted(folder.rglob("*")) if path.is_file()]
        files += [{"rfilename": name, "size": 1, "blobId": "0" * 40} for name in self.faults.names]
        return {"id": repository, "sha": COMMIT, "cardData": {"license": self.licence}, "siblings": files, "tags": []}

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()


def _is_large(path: Path) -> bool:
    return path.suffix in (".safetensors", ".bin", ".pt")


def _described(folder: Path, path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    described: dict[str, Any] = {
        "rfilename": path.relative_to(folder).as_posix(),
        "size": len(data),
        "blobId": hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest(),
    }
    if _is_large(path):
        described["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
    return described


class _Handler(BaseHTTPRequestHandler):
    served: LocalHub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        url = urlparse(self.path)
        path = unquote(url.path)
        authorisation = self.headers.get("authorization", "")
        self.served.requests.append((path, self.headers.get("range", ""), authorisation))
        try:
            if path.startswith("/api/models/"):
                self._list(path.removeprefix("/api/models/"), "blobs" in parse_qs(url.query))
            else:
                self._give(path)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None: ...

    def _list(self, path: str, with_blobs: bool) -> None:
        repository, _, revision = path.partition("/revision/")
        if answer := self.served.faults.repository_answer:
            self._refuse(*answer)
        elif repository not in self.served.repositories:
            self._refuse(404, "RepoNotFound")
        elif revision not in ("main", COMMIT):
            self._refuse(404, "RevisionNotFound")
        else:
            assert with_blobs
            self._send(200, json.dumps(self.served.listing(repository)).encode())

    def _give(self, path: str) -> None:
        is_cdn = path.startswith("/cdn/")
        repository, _, rest = path.removeprefix("/cdn").removeprefix("/").partition("/resolve/")
        name = rest.partition("/")[2]
        faults = self.served.faults
        file = self.served.repositories.get(repository, Path()) / name
        if faults.answers.get(name):
            self._refuse(faults.answers[name].pop(0), "")
        elif repository not in self.served.repositories or not file.is_file():
            self._refuse(404, "EntryNotFound")
        elif _is_large(file) and not is_cdn:
            self._send(302, b"", Location=f"{self.served.cdn}/cdn{path}")
        else:
            self._send_file(name, file.read_bytes())

    def _send_file(self, name: str, data: bytes) -> None:
        faults = self.served.faults
        if faults.flips.get(name):
            faults.flips[name] -= 1
            data = bytes([data[0] ^ 1]) + data[1:]
        start = 0
        if (asked := self.headers.get("range")) and not faults.ignores_ranges:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
            if start >= len(data):
                self._refuse(416, "")
                return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        self._stream(name, data[start:])

    def _stream(self, name: str, data: bytes) -> None:
        faults = self.served.faults
        limit, times = faults.dies.get(name, (len(data), 0))
        if times:
            faults.dies[name] = (limit, times - 1)
            data = data[:limit]
            self.close_connection = True
        for at in range(0, len(data), 4096):
            self.wfile.write(data[at : at + 4096])
            self.wfile.flush()
            self.served.sent[name] += len(data[at : at + 4096])
            if name in faults.slow_s:
                self.served.under_way.set()
                time.sleep(faults.slow_s[name])  # the slow connection that the test has ordered
        return

    def _refuse(self, status: int, code: str) -> None:
        self._send(status, b"{}", **({"X-Error-Code": code} if code else {}))

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

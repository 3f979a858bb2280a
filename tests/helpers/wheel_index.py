"""A local package index: small wheels under the names of the real libraries, created on request.

It has the pages `/simple/NAME/` of PyPI and `/whl/CHANNEL/torch/` of PyTorch's index. A download can be paused
half-way, to interrupt an installation there.
"""

from __future__ import annotations

import base64
import hashlib
import io
import platform
import sys
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, unquote

from tests.helpers.paths import ROOT

PINS = dict(
    line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if "==" in line
)
VERSIONS = {name.lower().replace("_", "-"): version.strip() for name, version in PINS.items()}
IMPORTED_AS = {"pyyaml": "yaml", "pillow": "PIL"}
HALF_S = 60.0
"""The longest pause of a download: a test that has failed must not block the server."""

_TORCH = """
class _No:
    def is_available(self): return False
    def get_capabilities(self): return {{"cpu_name": "a made-up CPU"}}
cuda = mps = cpu = _No()
class backends: mps = _No()
__version__ = "{version}"
"""
_PSUTIL = """
class _Memory: total, available = 16 * 10**9, 8 * 10**9
def virtual_memory(): return _Memory
"""


class WheelIndex:
    """The state of a running index.

    Attributes:
        url: its address.
        channels: channel of torch → local version label; other channels do not exist.
        fetched: distribution → number of complete downloads.
        is_down: True to answer every request with an error.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.channels = {"cpu": "+cpu", "cu126": "+cu126", "rocm7.2": "+rocm7.2"}
        self.fetched: Counter[str] = Counter()
        self.is_down = False
        self.reached = threading.Event()
        self._held, self._go = "", threading.Event()

    def hold(self, distribution: str) -> None:
        """Pause the downloads of a distribution half-way, and set `reached` then."""
        self._held, self.reached, self._go = distribution, threading.Event(), threading.Event()

    def let_go(self) -> None:
        """Resume paused downloads, and pause no others."""
        self._held = ""
        self._go.set()

    def environ(self) -> dict[str, str]:
        """Return variables that make pip, uv and Stem Bridge use this index only."""
        host = self.url.split("//")[1]
        return {
            "PIP_CONFIG_FILE": "/dev/null" if sys.platform != "win32" else "nul",
            "PIP_FIND_LINKS": "",
            "PIP_EXTRA_INDEX_URL": "",
            "PIP_INDEX_URL": f"{self.url}/simple",
            "PIP_TRUSTED_HOST": host,
            "PIP_RETRIES": "0",
            "UV_NO_CONFIG": "1",
            "UV_DEFAULT_INDEX": f"{self.url}/simple",
            "STEMBRIDGE_TORCH_INDEX": f"{self.url}/whl",
        }

    def page(self, path: str) -> bytes | None:
        """Return the page of a project, or a wheel; None if it does not exist."""
        kind, _, rest = path.strip("/").partition("/")
        if kind == "files":
            return _wheel(rest)
        label, name = "", rest
        if kind == "whl":
            channel, _, name = rest.partition("/")
            if channel not in self.channels:
                return None
            label = self.channels[channel] if name == "torch" else ""
        if name not in VERSIONS:
            return None
        file = f"{name.replace('-', '_')}-{VERSIONS[name]}{label}-{_tag(name)}.whl"
        return f'<!DOCTYPE html><html><body><a href="/files/{quote(file)}">{file}</a></body></html>'.encode()

    def send(self, file: str, body: bytes, write: io.BufferedIOBase) -> None:
        """Send a body in two halves, with a pause between them if it is to be held."""
        half = len(body) // 2
        write.write(body[:half])
        write.flush()
        if self._held and file.startswith(f"{self._held}-"):
            go = self._go
            self.reached.set()
            go.wait(HALF_S)
        write.write(body[half:])
        write.flush()
        self.fetched[file.split("-")[0]] += 1


def _tag(name: str) -> str:
    if name != "torch":
        return "py3-none-any"
    python = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    machine = platform.machine().lower()
    systems = {"linux": f"manylinux_2_17_{machine}", "darwin": "macosx_11_0_arm64", "win32": "win_amd64"}
    return f"{python}-{python}-{systems[sys.platform]}"


def _wheel(file: str) -> bytes:
    """Return a wheel with one module of a few kilobytes and the metadata that installers require."""
    name, version, tag = file.removesuffix(".whl").split("-", 2)
    module = IMPORTED_AS.get(name, name)
    code = {"torch": _TORCH.format(version=version), "psutil": _PSUTIL}.get(name, f"__version__ = {version!r}\n")
    info = f"{name}-{version}.dist-info"
    contents = {
        f"{module}/__init__.py": code,
        f"{module}/padding.txt": f"{name} " * 3000,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    rows = [f"{path},sha256={_digest(text)},{len(text.encode())}" for path, text in contents.items()]
    contents[f"{info}/RECORD"] = "\n".join([*rows, f"{info}/RECORD,,", ""])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:  # uncompressed, so that a half is large enough to pause in
        for path, text in contents.items():
            archive.writestr(zipfile.ZipInfo(path, (2024, 1, 1, 0, 0, 0)), text)
    return stream.getvalue()


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@contextmanager
def wheel_index() -> Iterator[WheelIndex]:
    """Run an index on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = unquote(self.path)
            body = None if index.is_down else index.page(path)
            if body is None:
                self.send_error(503 if index.is_down else 404)
                return
            is_file = path.startswith("/files/")
            headers: Mapping[str, str] = {
                "Content-Type": "application/octet-stream" if is_file else "text/html",
                "Content-Length": str(len(body)),
                **({"Cache-Control": "max-age=31536000, immutable", "ETag": f'"{path}"'} if is_file else {}),
            }
            self.send_response(200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "HEAD":
                return
            try:
                if is_file:
                    index.send(path.rsplit("/", 1)[-1], body, self.wfile)
                else:
                    self.wfile.write(body)
            except OSError:
                self.close_connection = True  # the client was ended

        do_HEAD = do_GET  # noqa: N815  (uv asks first)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    index = WheelIndex(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield index
    finally:
        index.let_go()
        server.shutdown()
        server.server_close()
        thread.join()

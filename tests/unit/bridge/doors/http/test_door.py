"""The HTTP door: what is deleted after a while, and who may be listened to."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest

from bridge.doors.http import door as module
from bridge.doors.http.door import KEEP_UPLOAD_S, SWEEP_GRACE_S, check_host
from bridge.doors.http.service import KEEP_RESULT_S
from bridge.takes.layout import takes_folder
from engine.errors import StemBridgeError
from tests.helpers.http_site import HttpSite
from tests.helpers.take_files import write_take


def age(path: Path, age_s: float) -> None:
    os.utime(path, (0, time.time() - age_s))


def test_results_go_after_an_hour_and_uploads_after_a_day(site: HttpSite) -> None:
    takes, uploads = takes_folder(site.folders.http_takes), site.folders.http_audio
    old, new = (write_take(takes / name) for name in ("old", "new"))
    age(old.manifest, KEEP_RESULT_S + SWEEP_GRACE_S + 5)
    age(new.manifest, KEEP_RESULT_S + SWEEP_GRACE_S - 60)
    (takes / "being written").mkdir()
    uploads.mkdir(parents=True)
    for name, age_s in {"a": KEEP_UPLOAD_S + 5, "b": KEEP_UPLOAD_S - 60}.items():
        (uploads / name).write_bytes(b"x")
        age(uploads / name, age_s)
    site.door._sweep_once()
    assert sorted(path.name for path in takes.iterdir()) == ["being written", "new"]
    assert [path.name for path in uploads.iterdir()] == ["b"]


def test_without_any_result_there_is_nothing_to_sweep(site: HttpSite) -> None:
    site.door._sweep_once()
    assert not site.folders.http_takes.exists()


def test_it_sweeps_at_once_and_again_and_again_until_it_is_cancelled(
    site: HttpSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        swept = asyncio.Semaphore(0)
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(site.door, "_sweep_once", lambda: loop.call_soon_threadsafe(swept.release))
        task = asyncio.create_task(site.door.sweep())
        for _ in range(3):
            await asyncio.wait_for(swept.acquire(), 10)
        task.cancel()

    monkeypatch.setattr(module, "SWEEP_INTERVAL_S", 0.0)
    asyncio.run(run())


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_may_listen_to_itself_without_a_key(site: HttpSite, host: str) -> None:
    check_host(host, site.keys)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "studio.local"])
def test_other_machines_need_a_valid_key(site: HttpSite, host: str) -> None:
    with pytest.raises(StemBridgeError, match=f"To listen on {host} an API key is needed"):
        check_host(host, site.keys)
    key, _ = site.key()
    check_host(host, site.keys)
    site.keys.revoke(key.id)
    with pytest.raises(StemBridgeError, match="keys create"):
        check_host(host, site.keys)


def test_every_kind_of_route_is_served(site: HttpSite) -> None:
    for path in ("/v1/health", "/docs", "/api/auth/authenticate", "/inference-request/recent-generations"):
        assert site.ask(path).status_code == 200, path

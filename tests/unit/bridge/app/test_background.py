"""Background threads: their result or error is in the future, and they never keep the program."""

from __future__ import annotations

import threading

import pytest

from bridge.app.background import in_thread


def test_the_future_has_the_result_of_a_daemon_thread() -> None:
    thread = in_thread(threading.current_thread).result(30)
    assert thread is not threading.current_thread()
    assert thread.daemon


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), KeyboardInterrupt()])
def test_any_error_is_in_the_future(error: BaseException) -> None:
    def work() -> None:
        raise error

    assert in_thread(work).exception(30) is error

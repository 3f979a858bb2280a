import gc
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bridge.doors.http.keys.store import KeyStore
from engine.errors import InvalidValue, StemBridgeError


@pytest.fixture
def store(tmp_path: Path) -> Iterator[KeyStore]:
    with closing(KeyStore(tmp_path / "keys.sqlite3")) as opened:
        yield opened


def test_a_key_is_found_by_itself_and_by_nothing_else(store: KeyStore) -> None:
    key, secret = store.create("laptop")
    assert store.find(secret) == key
    assert store.find(secret[:-1]) is None
    assert store.find(secret + "x") is None
    assert store.find("") is None


def test_the_file_holds_no_key_and_only_its_user_can_read_it(store: KeyStore, tmp_path: Path) -> None:
    _, secret = store.create("laptop")
    files = list(tmp_path.iterdir())
    assert not any(secret.encode() in file.read_bytes() for file in files)
    assert stat.S_IMODE((tmp_path / "keys.sqlite3").stat().st_mode) == 0o600


def test_a_revoked_key_is_found_no_more_but_still_listed(store: KeyStore) -> None:
    key, secret = store.create("laptop")
    assert store.any_good()
    assert store.revoke(key.id).revoked is not None
    assert store.find(secret) is None
    assert not store.any_good()
    assert [listed.id for listed in store.all()] == [key.id]


def test_credits_are_spent_whole_or_not_at_all(store: KeyStore) -> None:
    key, _ = store.create("laptop", credits=3)
    assert store.spend(key.id, 2)
    assert not store.spend(key.id, 2)
    assert store.get(key.id).credits == 1  # type: ignore[union-attr]
    store.refund(key.id, 2)
    assert store.spend(key.id, 3)


def test_a_key_without_a_limit_never_runs_out(store: KeyStore) -> None:
    key, _ = store.create("laptop")
    assert all(store.spend(key.id, 1_000_000) for _ in range(3))
    store.refund(key.id, 5)
    assert store.get(key.id).credits is None  # type: ignore[union-attr]


def test_credits_are_not_spent_twice_by_two_processes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "keys.sqlite3"
    with closing(KeyStore(path)) as store:
        key, _ = store.create("laptop", credits=50)
    spent: list[bool] = []

    def spend() -> None:
        with closing(KeyStore(path)) as own:
            spent.extend(own.spend(key.id, 1) for _ in range(20))

    threads = [threading.Thread(target=spend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(spent) == 50


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "x" * 101])
def test_a_name_that_cannot_be_shown_is_refused(store: KeyStore, name: str) -> None:
    with pytest.raises(InvalidValue, match="name must be"):
        store.create(name)


@pytest.mark.parametrize(("credits", "rate"), [(-1, 10), (10**10, 10), (None, 0), (None, 10**6)])
def test_counts_out_of_range_are_refused(store: KeyStore, credits: int | None, rate: int) -> None:
    with pytest.raises(InvalidValue):
        store.create("laptop", credits, rate)


def test_an_unknown_id_is_refused_with_the_command_that_lists_them(store: KeyStore) -> None:
    with pytest.raises(InvalidValue, match="keys list"):
        store.revoke("ffffffff")


def test_the_secret_of_links_survives_a_restart(tmp_path: Path) -> None:
    with closing(KeyStore(tmp_path / "k")) as store:
        first = store.signing_secret()
    with closing(KeyStore(tmp_path / "k")) as store:
        assert store.signing_secret() == first


def test_a_file_that_is_no_database_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "k").write_bytes(b"not a database at all, " * 100)
    with pytest.raises(StemBridgeError, match=r"API keys .* cannot be used"):
        KeyStore(tmp_path / "k")
    gc.collect()  # from Python 3.13 on, a connection that was left open is a warning here

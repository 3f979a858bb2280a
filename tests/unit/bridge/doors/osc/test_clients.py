from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.doors.osc.clients import MAX_CLIENTS, Client, Clients, reply_address_of
from bridge.doors.osc.reply_files import box_peer
from bridge.doors.osc.server import Peer
from bridge.request.session_state import SessionState
from engine.errors import InvalidValue
from tests.helpers.job_specs import make_job

PEER = Peer("udp", "127.0.0.1", 5000)


@given(st.sampled_from(["udp", "tcp"]), st.ip_addresses().map(str), st.integers(1, 65535), st.integers(0, 65535))
def test_a_job_remembers_where_its_replies_go(transport: str, host: str, port: int, reply_port: int) -> None:
    client = Client(Peer(transport, host, port), SessionState(), reply_port)
    assert reply_address_of(make_job(client=client.requester.to_text())) == client.address


def test_a_reply_port_is_one_of_udp_at_the_same_host() -> None:
    assert Client(Peer("tcp", "10.0.0.2", 5000), SessionState(), 7000).address == Peer("udp", "10.0.0.2", 7000)
    assert Client(PEER, SessionState()).address == PEER


@pytest.mark.parametrize(
    "name", ["", "http", "5", "null", '"osc"', "[]", '["osc"]', '["http", "udp", "h", 1, 0]', "{"]
)
def test_a_job_of_another_trigger_has_no_osc_address(name: str) -> None:
    assert reply_address_of(make_job(client=name)) is None


def test_every_sender_has_a_state_of_its_own_and_keeps_it() -> None:
    clients = Clients(SessionState)
    first, other = clients.of(PEER), clients.of(Peer("tcp", PEER.host, PEER.port))
    first.state.set_tempo(97.6)
    assert other.state.tempo is None
    assert clients.of(Peer("udp", "127.0.0.1", 5000)) is first
    assert len(clients) == 2


def test_of_too_many_clients_the_one_without_contact_for_longest_is_forgotten() -> None:
    clients = Clients(SessionState)
    first = clients.of(PEER)
    second = clients.of(Peer("udp", "127.0.0.1", 1))
    for port in range(2, MAX_CLIENTS):
        clients.of(Peer("udp", "127.0.0.1", port))
    assert len(clients) == MAX_CLIENTS
    assert clients.of(PEER) is first  # in contact again
    clients.of(Peer("udp", "127.0.0.2", 1))
    assert len(clients) == MAX_CLIENTS
    assert clients.of(PEER) is first
    assert clients.of(Peer("udp", "127.0.0.1", 1)) is not second


def test_senders_of_one_box_are_one_client_that_outlives_their_ports() -> None:
    clients = Clients(SessionState)
    box = box_peer("ardour-1")
    clients.of(PEER)
    first = clients.join(PEER, box)
    second = clients.join(Peer("udp", "127.0.0.1", 6000), box)
    assert first is second is clients.of(PEER)
    assert first.address == reply_address_of(make_job(client=first.requester.to_text())) == box
    assert clients.join(PEER, box_peer("ardour-2")) is not first
    assert len(clients) == 2


def test_of_too_many_senders_of_boxes_the_first_is_forgotten() -> None:
    clients = Clients(SessionState)
    box = box_peer("ardour")
    for port in range(1, MAX_CLIENTS + 2):
        clients.join(Peer("udp", "127.0.0.1", port), box)
    assert clients.of(Peer("udp", "127.0.0.1", 1)).address != box
    assert clients.of(Peer("udp", "127.0.0.1", MAX_CLIENTS + 1)).address == box


@pytest.mark.parametrize("name", ["", "..", "a/b", "-a", "a b", "x" * 65, "ä"])
def test_a_box_is_a_name_for_a_file(name: str) -> None:
    with pytest.raises(InvalidValue, match="box must be"):
        box_peer(name)

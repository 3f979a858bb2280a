"""Messages reach every listener once, in order, on the thread that posts them."""

from __future__ import annotations

import threading

from bridge.home.messages import Message, MessageAction, Messages


def test_messages_before_the_first_listener_reach_it_in_order_and_only_it() -> None:
    messages, first, second = Messages(), list[Message](), list[Message]()
    messages.info("one")
    messages.error("two")
    messages.subscribe(first.append)
    messages.subscribe(second.append)
    assert [message.text for message in first] == ["one", "two"]
    assert second == []


def test_every_listener_gets_every_later_message() -> None:
    messages, first, second = Messages(), list[Message](), list[Message]()
    messages.subscribe(first.append)
    messages.subscribe(second.append)
    message = Message("warning", "The clock has dropped out.", topic="clock")
    messages.post(message)
    assert first == second == [message]


def test_info_and_error_set_level_topic_and_button() -> None:
    messages, got = Messages(), list[Message]()
    messages.subscribe(got.append)
    button = MessageAction("Try again", "restart")
    messages.info("Saved.", "preset")
    messages.error("The port is in use.", button, "core")
    messages.error("No sound.")
    assert got == [
        Message("info", "Saved.", None, "preset"),
        Message("error", "The port is in use.", button, "core"),
        Message("error", "No sound.", None, ""),
    ]


def test_a_listener_may_post_and_subscribe_while_it_is_called() -> None:
    messages, got = Messages(), list[str]()

    def listener(message: Message) -> None:
        got.append(message.text)
        if message.text == "one":
            messages.subscribe(lambda later: got.append(later.text.upper()))
            messages.info("two")

    messages.subscribe(listener)
    messages.info("one")
    assert got == ["one", "two", "TWO"]


def test_the_listener_is_called_on_the_thread_that_posts() -> None:
    messages, names = Messages(), list[str]()
    messages.subscribe(lambda _: names.append(threading.current_thread().name))
    worker = threading.Thread(target=messages.info, args=("done",), name="worker")
    worker.start()
    worker.join(10)
    assert names == ["worker"]

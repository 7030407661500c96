"""A head node that is not there, or no more: a clear word, and soon."""

import socket
import threading

import pytest

from orchestrator.head_node import check_answers, watch_head
from schemas.errors import ConfigError


@pytest.fixture
def listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_an_address_where_nothing_listens_is_refused_at_once(listener: socket.socket) -> None:
    address = f"127.0.0.1:{listener.getsockname()[1]}"
    check_answers(address)
    listener.close()
    with pytest.raises(ConfigError, match="nothing answers there; start Ray"):
        check_answers(address)


def test_a_word_that_is_no_address_is_refused_and_rays_own_words_are_left_to_ray() -> None:
    with pytest.raises(ConfigError, match="HOST:PORT"):
        check_answers("head")
    check_answers("auto")
    check_answers("ray://nobody:10001")


def test_a_lost_head_is_told_once_and_one_that_answers_is_not(listener: socket.socket) -> None:
    said: list[str] = []
    is_lost = threading.Event()

    def on_lost(reason: str) -> None:
        said.append(reason)
        is_lost.set()

    address = f"127.0.0.1:{listener.getsockname()[1]}"
    with watch_head(address, on_lost, every_s=0.05, lost_after_s=0.2):
        assert not is_lost.wait(1.0)
        listener.close()
        assert is_lost.wait(30.0)
    assert len(said) == 1
    assert "run the same command" in said[0]


def test_nobody_is_told_after_the_end(listener: socket.socket) -> None:
    said: list[str] = []
    with watch_head(f"127.0.0.1:{listener.getsockname()[1]}", said.append, every_s=0.05, lost_after_s=0.1):
        pass
    listener.close()
    threading.Event().wait(0.5)
    assert said == []

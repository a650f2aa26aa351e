"""What an exception says to whoever does not read Python."""

import socket
from contextlib import nullcontext

import pytest
from asyncpg.exceptions import InterfaceError, InternalClientError, UndefinedTableError

from chassis.errors import OUR_FAULT, Permanent, in_words
from chassis.messaging.transaction import Unreachable, unreachable_is_transient


class Closed(Permanent):
    """The shop is closed."""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Closed("Come tomorrow."), "The shop is closed. Come tomorrow."),
        (ConnectionRefusedError(111, "Connect call failed ('127.0.0.1', 1)"), "nothing answers there"),
        (TimeoutError(), "no answer came in time"),
        (TimeoutError("order 7 is held"), "order 7 is held"),
        (ConnectionResetError(104, "Connection reset by peer"), "connection reset by peer"),
        (ConnectionResetError(), "the connection broke"),
        (socket.gaierror(-2, "Name or service not known"), "name or service not known"),
        (OSError("Multiple exceptions: [Errno 111] No, [Errno 101] No"), "none of its addresses answers"),
        (UndefinedTableError('relation "x" does not exist'), 'The database says: relation "x" does not exist.'),
        (KeyError("x"), OUR_FAULT),
        (InternalClientError("unknown state"), OUR_FAULT),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), OUR_FAULT),
    ],
)
def test_an_error_says_what_happened_and_not_how_python_calls_it(error: Exception, words: str) -> None:
    assert in_words(error) == words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(111, "Connect call failed"), "nothing answers there"),
        (InterfaceError("connection is closed"), "connection is closed"),
        (None, ""),
    ],
)
def test_what_a_handler_cannot_reach_is_told_in_words(error: Exception | None, words: str) -> None:
    with pytest.raises(Unreachable, match=words) if error else nullcontext() as failed, unreachable_is_transient():
        if error:
            raise error
    assert type(error).__name__ not in str(failed)

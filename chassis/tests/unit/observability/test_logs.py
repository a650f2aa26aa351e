"""What a traceback in the log may tell."""

import sys

import asyncpg
import pytest
import structlog

from chassis.observability.logs import without_rows

ROW = "Failing row contains (k-1, open sesame)."


def refused() -> asyncpg.CheckViolationError:
    error = asyncpg.CheckViolationError("a rule is broken")
    error.detail = ROW
    return error


def wrapped() -> Exception:
    error = RuntimeError("on the way")
    error.__cause__ = refused()
    return error


def during() -> Exception:
    error = KeyError("meanwhile")
    error.__context__ = refused()
    return error


ERRORS = {
    "itself": refused,
    "as a cause": wrapped,
    "in the background": during,
    "in a group": lambda: ExceptionGroup("two", [wrapped()]),
}


@pytest.mark.parametrize("given_as", ["an error", "a triple"])
@pytest.mark.parametrize("name", ERRORS)
def test_a_refused_row_is_in_no_traceback(name: str, given_as: str) -> None:
    error = ERRORS[name]()
    given = (type(error), error, error.__traceback__) if given_as == "a triple" else error
    event = without_rows(None, "error", {"event": "lost", "exc_info": given})
    told = structlog.processors.format_exc_info(None, "error", event)["exception"]
    assert "open sesame" not in told
    assert type(error).__name__ in told


def test_the_error_in_hand_is_meant_by_true() -> None:
    try:
        raise refused()
    except asyncpg.CheckViolationError:
        without_rows(None, "error", {"event": "lost", "exc_info": True})
        assert "open sesame" not in str(sys.exception())


def test_what_waits_for_what_is_told() -> None:
    error = asyncpg.DeadlockDetectedError("deadlock detected")
    error.detail = "Process 1 waits for ShareLock on transaction 2."
    event = without_rows(None, "error", {"event": "lost", "exc_info": error})
    assert "Process 1" in structlog.processors.format_exc_info(None, "error", event)["exception"]

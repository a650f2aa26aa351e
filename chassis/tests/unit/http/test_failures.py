"""What becomes of exceptions."""

import asyncio
from collections.abc import Callable, Iterator

import asyncpg
import httpx
import pytest
import structlog
from fastapi import Request
from structlog.testing import capture_logs

from chassis.http.routes import make_router
from chassis.runtime.database import CONTENTION, OUTAGE
from testkit.http import client

from .toy import BEHIND, KEY, toy_api

OTHER_OUTAGES = (
    TimeoutError,
    ConnectionRefusedError,
    asyncpg.OutOfMemoryError,
    asyncpg.DiskFullError,
)


async def ask(raised: Callable[[], BaseException]) -> tuple[httpx.Response, int]:
    """The answer of a route that raises this, and how often it ran."""
    router, calls = make_router("broken"), 0

    @router.get("/broken", dependencies=BEHIND)
    async def broken() -> None:
        nonlocal calls
        calls += 1
        raise raised()

    async with client(toy_api(router), KEY) as http:
        return await http.get("/broken"), calls


@pytest.mark.parametrize("kind", [*OUTAGE, *OTHER_OUTAGES])
async def test_an_outage_of_the_database_is_503_with_a_time_to_come_again(kind: type[Exception]) -> None:
    answer, calls = await ask(lambda: kind("away"))
    assert (answer.status_code, answer.json()["code"], calls) == (503, "unavailable", 1)
    assert (answer.headers["retry-after"], answer.headers["content-type"]) == ("5", "application/problem+json")
    assert "away" not in answer.text


@pytest.mark.parametrize("kind", CONTENTION)
async def test_a_race_that_is_always_lost_is_503_after_three_tries(kind: type[Exception]) -> None:
    answer, calls = await ask(lambda: kind("lost"))
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"], calls) == (503, "busy", "1", 3)


async def test_what_is_there_each_time_is_409_and_not_for_another_try() -> None:
    answer, calls = await ask(lambda: asyncpg.UniqueViolationError("duplicate key value violates ..."))
    assert (answer.status_code, answer.json()["code"], calls) == (409, "there-already", 3)
    assert "retry-after" not in answer.headers
    assert "duplicate" not in answer.text


async def test_what_was_there_once_may_be_a_race_and_is_503() -> None:
    errors = iter([asyncpg.UniqueViolationError(), asyncpg.DeadlockDetectedError(), asyncpg.UniqueViolationError()])
    answer, calls = await ask(lambda: next(errors))
    assert (answer.status_code, answer.json()["code"], calls) == (503, "busy", 3)


@pytest.fixture
def loud() -> Iterator[None]:
    """Whatever other tests have made of the log."""
    before = structlog.get_config()
    structlog.reset_defaults()
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("loud")
async def test_a_bug_is_a_problem_document_with_the_id_that_is_in_the_log() -> None:
    with capture_logs() as logs:
        answer, calls = await ask(lambda: RuntimeError("secret of the house"))
    problem = answer.json()
    assert (answer.status_code, problem["code"], calls) == (500, "bug", 1)
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    (line,) = [one for one in logs if one["event"] == "request failed"]
    assert (line["id"], str(line["exc_info"])) == (problem["id"], "secret of the house")


async def test_what_only_the_database_refuses_to_keep_was_for_the_door_to_refuse() -> None:
    answer, _ = await ask(lambda: asyncpg.DataError("invalid byte sequence"))
    assert (answer.status_code, answer.json()["code"]) == (500, "bug")


async def test_a_request_that_waits_for_ever_is_503() -> None:
    router = make_router("waiting")

    @router.get("/waiting", dependencies=BEHIND)
    async def wait() -> None:
        await asyncio.Event().wait()

    async with client(toy_api(router, http_answer_seconds=0.05), KEY) as http:
        answer = await http.get("/waiting")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "too-slow", "5")


async def test_a_race_is_not_run_again_when_the_body_was_a_stream() -> None:
    router, calls = make_router("streams"), 0

    @router.post("/lost", dependencies=BEHIND)
    async def lost(request: Request) -> None:
        nonlocal calls
        calls += 1
        async for _ in request.stream():
            pass
        raise asyncpg.DeadlockDetectedError

    async with client(toy_api(router), KEY) as http:
        answer = await http.post("/lost", content=b"many rows")
    assert (answer.status_code, answer.json()["code"], calls) == (503, "busy", 1)

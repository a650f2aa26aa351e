"""How large a body may be."""

from collections.abc import AsyncIterator

import httpx
import pytest

from testkit.http import client

from .toy import KEY, toy_api

LIMITS = {"http_body_bytes": 1000}


def note(size: int) -> bytes:
    """A note of exactly so many bytes."""
    frame = b'{"text":""}'
    return frame[:-2] + b"x" * (size - len(frame)) + frame[-2:]


async def post(body: bytes | AsyncIterator[bytes], path: str = "/notes", key: str = KEY) -> httpx.Response:
    api = toy_api(larger_bodies={"/imports": 5000}, **LIMITS)
    async with client(api, key) as http:
        return await http.post(path, content=body, headers={"content-type": "application/json"})


async def pieces(size: int) -> AsyncIterator[bytes]:
    """A body that does not say how long it is."""
    body = note(size)
    for start in range(0, size, 100):
        yield body[start : start + 100]


@pytest.mark.parametrize(("size", "status"), [(1000, 201), (1001, 413)])
async def test_a_body_that_says_how_long_it_is(size: int, status: int) -> None:
    assert (await post(note(size))).status_code == status


@pytest.mark.parametrize(("size", "status"), [(1000, 201), (1001, 413)])
async def test_a_body_that_does_not_say(size: int, status: int) -> None:
    assert (await post(pieces(size))).status_code == status


async def test_the_problem_names_both_sizes() -> None:
    answer = await post(note(1001))
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "too-large"
    assert answer.json()["detail"] == "At most 1,000 bytes are read here; 1,001 bytes were announced."


async def test_nothing_of_an_announced_body_is_read() -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield b"{}"

    async with client(toy_api(**LIMITS), KEY) as http:
        answer = await http.post("/notes", content=body(), headers={"content-length": "1001"})
    assert (answer.status_code, read) == (413, 0)


async def test_nothing_is_read_of_a_body_without_a_right_key() -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield b"{}"

    for key in ("", "wrong"):
        async with client(toy_api(), key) as http:
            answer = await http.post("/notes", content=body(), headers={"content-type": "application/json"})
        assert (answer.status_code, read) == (401, 0)


@pytest.mark.parametrize(("path", "size", "status"), [
    ("/imports", 5000, 200), ("/imports", 5001, 413), ("/importsmore", 1001, 413), ("/imports/x", 5001, 413),
    ("/imports/x", 5000, 404),
])  # fmt: skip
async def test_a_path_may_take_more(path: str, size: int, status: int) -> None:
    assert (await post(note(size), path)).status_code == status


async def test_by_default_a_body_has_one_mebibyte() -> None:
    async with client(toy_api(), KEY) as http:
        answer = await http.post("/notes", content=note((1 << 20) + 1), headers={"content-type": "application/json"})
    assert (answer.status_code, "At most 1 MiB" in answer.json()["detail"]) == (413, True)


async def test_a_stream_is_read_piece_by_piece_up_to_its_own_limit() -> None:
    api = toy_api(larger_bodies={"/streams": 5000}, **LIMITS)
    headers = {"content-type": "text/csv"}
    async with client(api, KEY) as http:
        taken = await http.post("/streams", content=pieces(5000), headers=headers)
        refused = await http.post("/streams", content=pieces(5100), headers=headers)
        other = await http.post("/streams", content=pieces(100), headers={"content-type": "application/json"})
    assert (taken.status_code, taken.json()) == (200, [100] * 50 + [0])
    assert (refused.status_code, other.status_code) == (413, 415)
    assert "`Content-Type: text/csv`" in other.json()["detail"]

"""A real server: requests that never finish arriving are dropped, and good ones are served meanwhile."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from chassis.http.routes import make_router
from chassis.http.server import Server, server_of

from ..unit.http.toy import BEHIND, GOOD, settings_of, toy_api

KEYED = b"host: x\r\nauthorization: %s\r\n" % GOOD["authorization"].encode()
HEAD = b"POST /notes HTTP/1.1\r\ncontent-type: application/json\r\n" + KEYED


slow = make_router("slow")


@slow.get("/slow", dependencies=BEHIND)
async def answer_late() -> str:
    await asyncio.sleep(0.5)
    return "done"


@slow.get("/much", dependencies=BEHIND)
async def answer_much() -> str:
    return "x" * 50_000_000


@asynccontextmanager
async def running(*routers: APIRouter, **changed: Any) -> AsyncIterator[tuple[Server, int]]:
    """A server with the notes and what else a test brings, and its port."""
    server = server_of(toy_api(*routers, **changed), settings_of(service_port=0, **changed))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn tells no other way
        await asyncio.sleep(0.01)
    try:
        yield server, server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.leave()
        await serving


@asynccontextmanager
async def served(*routers: APIRouter, **changed: Any) -> AsyncIterator[int]:
    """The port of a server with the notes."""
    async with running(*routers, **changed) as (_, port):
        yield port


class Peer:
    """A client that says what it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def of(cls, port: int) -> "Peer":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def say(self, data: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def drip(self, data: bytes) -> None:
        """One byte at a time, until the other side has enough."""
        while not self.reader.at_eof():
            await self.say(data)
            await asyncio.sleep(0.02)

    async def until_closed(self) -> bytes:
        try:
            return await self.reader.read()
        except ConnectionError:
            return b""
        finally:
            self.writer.close()


def parts(answer: bytes) -> tuple[int, Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    return int(head.split()[1]), json.loads(body)


BEGUN = {
    "nothing": b"",
    "head unfinished": HEAD,
    "body unfinished": HEAD + b"content-length: 100\r\n\r\n{",
    "chunks unfinished": HEAD + b'transfer-encoding: chunked\r\n\r\n5\r\n{"tex',
    "blank lines": b"\r\n\r\n",
}


@pytest.mark.parametrize("name", BEGUN)
async def test_requests_that_do_not_finish_arriving_are_dropped_while_good_ones_are_served(name: str) -> None:
    async with served(http_arrival_seconds=0.5) as port, httpx.AsyncClient(headers=GOOD, trust_env=False) as http:
        peers = [await Peer.of(port) for _ in range(50)]
        for peer in peers:
            await peer.say(BEGUN[name])
        closing = [asyncio.create_task(peer.until_closed()) for peer in peers]
        good = await http.post(f"http://127.0.0.1:{port}/notes", json={"text": "a"})
        assert good.status_code == 201
        answers = await asyncio.wait_for(asyncio.gather(*closing), 30)
        if name not in ("nothing", "blank lines"):
            assert {parts(answer)[0] for answer in answers} == {408}


@pytest.mark.parametrize("begun", [b"GET /notes HTTP/1.1\r\nx: ", HEAD + b"content-length: 5000\r\n\r\n", b""])
async def test_one_byte_at_a_time_is_not_in_time(begun: bytes) -> None:
    async with served(http_arrival_seconds=0.5) as port:
        peers = [await Peer.of(port) for _ in range(50)]
        for peer in peers:
            await peer.say(begun)
        dripping = [asyncio.create_task(peer.drip(b"\n" if begun == b"" else b"x")) for peer in peers]
        await asyncio.wait_for(asyncio.gather(*(peer.until_closed() for peer in peers)), 30)
        for task in dripping:
            task.cancel()


async def test_a_slow_answer_is_no_slow_request_and_a_connection_serves_again() -> None:
    async with served(slow, http_arrival_seconds=0.2) as port:
        peer = await Peer.of(port)
        for _ in range(2):
            await peer.say(b"GET /slow HTTP/1.1\r\n" + KEYED + b"\r\n")
            assert (await peer.reader.readuntil(b'"done"')).startswith(b"HTTP/1.1 200")
        peer.writer.close()


async def test_an_idle_connection_is_closed() -> None:
    async with served(http_idle_seconds=1) as port:
        peer = await Peer.of(port)
        await peer.say(HEAD + b'content-length: 12\r\n\r\n{"text":"a"}')
        assert (await asyncio.wait_for(peer.until_closed(), 30)).startswith(b"HTTP/1.1 201")


async def test_when_all_places_are_taken_the_one_that_is_silent_longest_gives_way() -> None:
    async with served(http_connections=5) as port, httpx.AsyncClient(headers=GOOD, trust_env=False) as http:
        silent = [await Peer.of(port) for _ in range(5)]
        for peer in silent:
            await peer.say(b"GET")
        answer = await http.get(f"http://127.0.0.1:{port}/notes")
        assert answer.status_code == 200
        assert await asyncio.wait_for(silent[0].until_closed(), 30) == b""
        for peer in silent[1:]:
            peer.writer.close()


async def test_when_every_connection_is_being_answered_a_new_one_is_503() -> None:
    router, over = make_router("held"), asyncio.Event()

    @router.get("/held", dependencies=BEHIND)
    async def held() -> None:
        await over.wait()

    async with running(router, http_connections=2, http_answer_seconds=600) as (server, port):
        peers = [await Peer.of(port) for _ in range(2)]
        for peer in peers:
            await peer.say(b"GET /held HTTP/1.1\r\n" + KEYED + b"\r\n")
        while len(server.server_state.tasks) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        answer = await asyncio.wait_for((await Peer.of(port)).until_closed(), 30)
        assert (parts(answer)[0], parts(answer)[1]["code"]) == (503, "full")
        assert b"retry-after: 1\r\n" in answer
        over.set()
        for peer in peers:
            await peer.reader.readuntil(b"null")
            peer.writer.close()


async def test_an_answer_that_nobody_reads_is_not_kept_for_ever() -> None:
    async with running(slow, http_arrival_seconds=0.5, http_idle_seconds=600) as (server, port):
        peer = await Peer.of(port)
        await peer.say(b"GET /much HTTP/1.1\r\n" + KEYED + b"\r\n")
        await peer.reader.readexactly(100)
        async with asyncio.timeout(30):
            while server.server_state.connections:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        peer.writer.close()


async def test_a_head_without_end_is_cut_off() -> None:
    async with served(http_arrival_seconds=600) as port:
        peer = await Peer.of(port)
        await peer.say(b"GET /notes HTTP/1.1\r\nhost: x\r\n")
        told = asyncio.create_task(peer.until_closed())
        for _ in range(20_000):  # kilobytes
            await peer.say(b"a: " + b"x" * 1000 + b"\r\n")
            await asyncio.sleep(0)
            if told.done():
                break
        assert told.done()
        assert told.result() == b"" or parts(told.result())[0] == 431  # what lies unread may take the answer away


async def test_blank_lines_keep_no_idle_connection_open() -> None:
    async with served(http_arrival_seconds=0.5, http_idle_seconds=1) as port:
        peer = await Peer.of(port)
        await peer.say(HEAD + b'content-length: 12\r\n\r\n{"text":"a"}')
        await peer.reader.readuntil(b"}")
        dripping = asyncio.create_task(peer.drip(b"\r\n"))
        await asyncio.wait_for(peer.until_closed(), 30)
        dripping.cancel()


MALFORMED: dict[str, Callable[[], bytes]] = {
    "no HTTP": lambda: b"hello\r\n\r\n",
    "no path": lambda: b"GET  HTTP/1.1\r\nhost: x\r\n\r\n",
    "a path that is no ASCII": lambda: b"GET /\xff HTTP/1.1\r\nhost: x\r\n\r\n",
    "a NUL in the path": lambda: b"GET /\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
    "a length that is none": lambda: HEAD + b"content-length: many\r\n\r\n",
    "two lengths": lambda: HEAD + b"content-length: 1\r\ncontent-length: 2\r\n\r\n{}",
    "a length and chunks": lambda: HEAD + b"content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk that is none": lambda: HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
    "no host": lambda: b"GET /notes HTTP/1.1\r\nconnection: close\r\n\r\n",
    "a tunnel": lambda: b"CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n",
    "a huge header": lambda: b"GET /notes HTTP/1.1\r\nhost: x\r\na: " + b"x" * 100_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_is_no_request_is_a_problem_document(name: str) -> None:
    async with served() as port:
        peer = await Peer.of(port)
        await peer.say(MALFORMED[name]())
        peer.writer.write_eof()
        status, problem = parts(await asyncio.wait_for(peer.until_closed(), 30))
    assert (status, problem["status"]) in ((400, 400), (431, 431))


async def test_what_was_announced_too_large_is_answered_before_it_comes() -> None:
    async with served() as port:
        peer = await Peer.of(port)
        await peer.say(HEAD + b"content-length: 2000000\r\n\r\n")
        answer = await asyncio.wait_for(peer.reader.readexactly(13), 30)
        peer.writer.close()
    assert answer == b"HTTP/1.1 413 "

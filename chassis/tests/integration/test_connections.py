"""A real server: requests that never finish arriving are dropped, and good ones are served meanwhile."""

import asyncio
import contextlib
from collections.abc import Callable

import httpx
import pytest

from chassis.http.routes import make_router

from ..unit.http.toy import BEHIND, GOOD
from .peers import HEAD, KEYED, Peer, parts, running, served, until, waiting

MUCH = 50_000_000  # bytes: more than all buffers on the way take
slow = make_router("slow")


@slow.get("/slow", dependencies=BEHIND)
async def answer_late() -> str:
    await asyncio.sleep(0.5)
    return "done"


@slow.get("/much", dependencies=BEHIND)
async def answer_much() -> str:
    return "x" * MUCH


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
        peers = []
        for _ in range(50):
            peers.append(await Peer.of(port))
            await peers[-1].say(BEGUN[name])
        closing = [asyncio.create_task(peer.until_closed()) for peer in peers]
        good = await http.post(f"http://127.0.0.1:{port}/notes", json={"text": "a"})
        assert good.status_code == 201
        answers = await asyncio.wait_for(asyncio.gather(*closing), 30)
        if name not in ("nothing", "blank lines"):
            # Of whom a busy machine has read nothing in time there is nothing to answer.
            assert {parts(answer)[0] for answer in answers if answer} == {408}


@pytest.mark.parametrize("begun", [b"GET /notes HTTP/1.1\r\nx: ", HEAD + b"content-length: 5000\r\n\r\n", b""])
async def test_one_byte_at_a_time_is_not_in_time(begun: bytes) -> None:
    async with running(http_arrival_seconds=0.5) as (server, port):
        peers = [await Peer.of(port) for _ in range(50)]
        for peer in peers:
            await peer.say(begun)
        dripping = [asyncio.create_task(peer.drip(b"\n" if begun == b"" else b"x")) for peer in peers]
        answers = await asyncio.wait_for(asyncio.gather(*(peer.until_closed() for peer in peers)), 30)
        for task in dripping:
            task.cancel()
        # What lies unread may take the answer away; blank lines are not even a request.
        assert all(answer == b"" or (begun != b"" and parts(answer)[0] == 408) for answer in answers)
        await until(lambda: not server.server_state.connections)
        assert waiting(server) == []


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
    async with running(http_connections=5) as (server, port), httpx.AsyncClient(headers=GOOD, trust_env=False) as http:
        silent = [await Peer.of(port) for _ in range(5)]
        for peer in silent:
            await peer.say(b"GET")
        answer = await http.get(f"http://127.0.0.1:{port}/notes")
        assert answer.status_code == 200
        assert await asyncio.wait_for(silent[0].until_closed(), 30) == b""
        assert {peer.port for peer in silent[1:]} < set(waiting(server))
        for peer in silent[1:]:
            peer.writer.close()


async def test_who_sends_on_is_not_silent() -> None:
    async with running(http_connections=3) as (server, port), httpx.AsyncClient(headers=GOOD, trust_env=False) as http:
        uploading, silent, other = [await Peer.of(port) for _ in range(3)]
        await until(lambda: len(waiting(server)) == 3)
        for letter, piece in ((b"G", HEAD + b"content-length: 12\r\n\r\n"), (b"E", b'{"text":')):
            await other.say(letter)
            await until(lambda: waiting(server)[-1] == other.port)
            await uploading.say(piece)
            await until(lambda: waiting(server)[-1] == uploading.port)
        assert (await http.get(f"http://127.0.0.1:{port}/notes")).status_code == 200
        assert await asyncio.wait_for(silent.until_closed(), 30) == b""
        await uploading.say(b'"a"}')
        assert (await asyncio.wait_for(uploading.reader.readuntil(b"}"), 30)).startswith(b"HTTP/1.1 201")
        for peer in (uploading, other):
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
        await until(lambda: not server.server_state.connections)
        assert len(await peer.until_closed()) < MUCH - 100


async def test_an_answer_that_is_read_bit_by_bit_is_not_kept_for_ever() -> None:
    limits = {"http_arrival_seconds": 10, "http_reading_seconds": 2, "http_idle_seconds": 600}
    async with running(slow, **limits) as (server, port):
        peer, read = await Peer.of(port), 0
        await peer.say(b"GET /much HTTP/1.1\r\n" + KEYED + b"\r\n")
        await until(lambda: bool(server.server_state.connections))
        while server.server_state.connections and read < MUCH:
            with contextlib.suppress(ConnectionError):
                read += len(await peer.reader.read(65_536))  # something comes between any two looks
            await asyncio.sleep(0.05)
        assert 0 < read < MUCH
        peer.writer.close()


async def test_an_answer_that_is_read_in_time_leaves_a_connection_that_serves_again() -> None:
    async with running(slow, http_arrival_seconds=0.2, http_reading_seconds=600) as (_, port):
        peer = await Peer.of(port)
        for _ in range(2):
            await peer.say(b"GET /much HTTP/1.1\r\n" + KEYED + b"\r\n")
            await peer.reader.readuntil(b"\r\n\r\n")
            assert len(await asyncio.wait_for(peer.reader.readexactly(MUCH + 2), 60)) == MUCH + 2
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
    async with running(http_arrival_seconds=0.5, http_idle_seconds=1) as (server, port):
        peer = await Peer.of(port)
        await peer.say(HEAD + b'content-length: 12\r\n\r\n{"text":"a"}')
        await peer.reader.readuntil(b"}")
        dripping = asyncio.create_task(peer.drip(b"\r\n"))
        answer = await asyncio.wait_for(peer.until_closed(), 30)
        dripping.cancel()
        assert answer == b"" or parts(answer)[0] == 408  # what lies unread may take the answer away
        await until(lambda: not server.server_state.connections)
        assert waiting(server) == []


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

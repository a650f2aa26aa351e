"""A real server with the notes, and clients that say and read what they like."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter

from chassis.http.connections import Config
from chassis.http.server import Server, server_of

from ..unit.http.toy import GOOD, settings_of, toy_api

KEYED = b"host: x\r\nauthorization: %s\r\n" % GOOD["authorization"].encode()
HEAD = b"POST /notes HTTP/1.1\r\ncontent-type: application/json\r\n" + KEYED


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


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110  no event tells it
            await asyncio.sleep(0.01)


def waiting(server: Server) -> list[int]:
    """The ports of the clients that have the word, silent longest first."""
    assert isinstance(server.config, Config)
    return [one.client[1] for one in server.config.bounds.waiting if one.client]


class Peer:
    """A client that says what it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def of(cls, port: int) -> "Peer":
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    @property
    def port(self) -> int:
        return int(self.writer.get_extra_info("sockname")[1])

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

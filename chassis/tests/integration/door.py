"""The way to a broker, which may be shut: the broker goes on, and who asks it by its own address does not notice."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Door:
    """`turned_away` counts who knocked while it was shut."""

    def __init__(self, broker: str) -> None:
        host, _, port = broker.rpartition(":")
        self._behind = host, int(port)
        self.is_open = True
        self.turned_away = 0
        self.address = ""

    @asynccontextmanager
    async def standing(self) -> AsyncIterator["Door"]:
        server = await asyncio.start_server(self._knock, "127.0.0.1", 0)
        self.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()

    async def _knock(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.is_open:
            self.turned_away += 1
            writer.close()
            return
        beyond_reader, beyond_writer = await asyncio.open_connection(*self._behind)
        await asyncio.gather(_pass_on(reader, beyond_writer), _pass_on(beyond_reader, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()

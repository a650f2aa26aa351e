"""Serving over HTTP: the protocol that lets us break connections, and the loop around it."""

import contextlib
import socket
import struct
import threading
from asyncio import Transport
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_DROP_UNSENT = struct.pack("ii", 1, 0)


class Protocol(H11Protocol):
    """Hands its transport to the application, in the state of the scope."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


async def abort(scope: Scope, receive: Receive) -> None:
    """Reset the connection: the client gets no answer at all."""
    transport = scope["state"]["transport"]
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP_UNSENT)
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate and its key, in PEM."""

    certificate: Path
    key: Path


def server(app: ASGIApp, identity: Identity | None = None) -> uvicorn.Server:
    """Connections outlive the pauses of a session; answers that hang on purpose do not hold up the end."""
    config = uvicorn.Config(
        app,
        http=Protocol,
        loop="uvloop",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
        ssl_certfile=identity.certificate if identity else None,
        ssl_keyfile=identity.key if identity else None,
    )
    return uvicorn.Server(config)


@contextlib.contextmanager
def served_from_a_thread(app: ASGIApp, identity: Identity | None = None) -> Iterator[str]:
    """The base address of `app`, served on a free port of loopback until the block ends; https with an identity."""
    listener = socket.create_server(("127.0.0.1", 0))
    running = server(app, identity)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"{'https' if identity else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        running.should_exit = True
        thread.join()
        listener.close()

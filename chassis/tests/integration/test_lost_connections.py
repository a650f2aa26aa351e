"""What uvloop says of a connection that its peer has just ended, in aiokafka's words."""

import asyncio
import socket
import struct
from collections.abc import Iterator

import pytest
import uvloop
from aiokafka import conn
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.admin import ApiVersionRequest

from chassis.messaging import lost_connections

NO_VERSIONS = struct.pack(">iihi", 10, 1, 0, 0)  # the answer to a connection's first request
AT_ONCE = struct.pack("ii", 1, 0)  # SO_LINGER: closing resets
TURNS = 20  # of the loop; the reader of a connection hears of its end within three


@pytest.fixture
def outliving() -> Iterator[None]:
    """Like in a service's process, and nowhere else."""
    before = conn.AIOKafkaConnection
    lost_connections.outlive()
    yield
    setattr(conn, "AIOKafkaConnection", before)  # noqa: B010


async def told() -> set[type[BaseException]]:
    """What requests were told, one in each turn of the loop, while the peer resets the connection."""
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        accepting = asyncio.create_task(loop.sock_accept(listening))
        making = asyncio.create_task(conn.create_conn("127.0.0.1", listening.getsockname()[1]))
        peer, _ = await accepting
        await loop.sock_recv(peer, 4096)
        await loop.sock_sendall(peer, NO_VERSIONS)
        connection = await making
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        peer.close()
    errors: set[type[BaseException]] = set()
    answers = []
    for _ in range(TURNS):
        try:
            answers.append(asyncio.ensure_future(connection.send(ApiVersionRequest())))
        except Exception as error:  # noqa: BLE001  which one it is, is the question
            errors.add(type(error))
        await asyncio.sleep(0)
    await asyncio.wait(answers)
    return errors | {type(answer.exception()) for answer in answers}


@pytest.mark.usefixtures("outliving")
def test_a_write_to_a_connection_that_is_just_lost_is_told_as_one() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(told()) == {KafkaConnectionError}


def test_the_client_library_needs_it_still() -> None:
    """Else that module can go."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert RuntimeError in runner.run(told())

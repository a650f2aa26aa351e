"""Make a broker know consumer groups that it has never seen.

A restarted mock cluster answers the heartbeat of a group it does not know with GROUP_ID_NOT_FOUND, which a long-lived
aiokafka consumer never recovers from, and takes its old offsets as a commit. For a group it knows but that is empty
both answers are UNKNOWN_MEMBER_ID, as from Apache Kafka, and the consumer joins again. So each group is joined and left
once, before the first client comes in. The two requests are spoken by hand, in their version 0: nine fields.
"""

import socket
import struct
from collections.abc import Iterable

JOIN_GROUP, LEAVE_GROUP = 11, 13
SESSION_MS = 1  # also the time after which the mock cluster takes the left group for empty


def make_known(connection: socket.socket, groups: Iterable[str]) -> None:
    for group in groups:
        member = _join(connection, group)
        _ask(connection, LEAVE_GROUP, _text(group) + _text(member))


def _join(connection: socket.socket, group: str) -> str:
    """The member id we got."""
    protocols = struct.pack(">i", 1) + _text("range") + struct.pack(">i", 0)
    answer = _ask(
        connection,
        JOIN_GROUP,
        _text(group) + struct.pack(">i", SESSION_MS) + _text("") + _text("consumer") + protocols,
    )
    error, _generation = struct.unpack_from(">hi", answer)
    if error:
        raise RuntimeError(f"the broker refused a member of the group {group} (error {error})")
    _protocol, rest = _take_text(answer[6:])
    _leader, rest = _take_text(rest)
    member, _ = _take_text(rest)
    return member


def _ask(connection: socket.socket, request: int, body: bytes) -> bytes:
    message = struct.pack(">hhi", request, 0, 0) + _text("dialtone") + body
    connection.sendall(struct.pack(">i", len(message)) + message)
    (size,) = struct.unpack(">i", connection.recv(4, socket.MSG_WAITALL))
    return connection.recv(size, socket.MSG_WAITALL)[4:]  # without the correlation id


def _text(value: str) -> bytes:
    return struct.pack(">h", len(value.encode())) + value.encode()


def _take_text(data: bytes) -> tuple[str, bytes]:
    (size,) = struct.unpack_from(">h", data)
    return data[2 : 2 + size].decode(), data[2 + size :]

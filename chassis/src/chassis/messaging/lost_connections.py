"""A connection that a broker has just ended, under uvloop.

Until the connection's own reader has heard of the end, uvloop refuses what is written to it with RuntimeError. aiokafka
expects an OSError there (its issue 1038): whatever task meets the other one dies for good and silently, such as the one
that keeps a client's metadata fresh, after which its consumer cannot find its group again.
"""

from typing import Any

from aiokafka import conn
from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError


class Connection(AIOKafkaConnection):
    """Tells of a lost connection as aiokafka expects it."""

    def send(self, request: Any, expect_response: bool = True) -> Any:  # noqa: FBT001, FBT002  aiokafka's signature
        try:
            return super().send(request, expect_response)  # type: ignore[no-untyped-call]
        except RuntimeError as error:
            self.close(reason=CloseReason.CONNECTION_BROKEN, exc=error)  # type: ignore[no-untyped-call]
            raise KafkaConnectionError(f"the broker at {self.host}:{self.port} has ended the connection") from error


def outlive() -> None:
    """All clients of this process make such connections from now on."""
    setattr(conn, "AIOKafkaConnection", Connection)  # noqa: B010

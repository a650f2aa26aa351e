"""Messages wait in the outbox in the transaction that caused them; the relay takes them from there."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from zlib import crc32

from pydantic_core import PydanticSerializationError, from_json, to_json

from chassis.messaging.outgoing import Outgoing, RawHeaders
from chassis.runtime.database import Connection, Pool

SHARDS = 8
CHANNEL = "outbox"

# A batch of messages, and one notification that wakes the relay.
INSERT = f"""
WITH written AS (
    INSERT INTO outbox (shard, topic, key, value, headers)
    SELECT * FROM unnest($1::smallint[], $2::text[], $3::bytea[], $4::bytea[], $5::text[])
)
SELECT pg_notify('{CHANNEL}', '')
"""
# Is anything still to be sent?
ANY = "SELECT EXISTS (SELECT FROM outbox)"


def shard(key: bytes | None) -> int:
    """Messages of one key are in one shard, and a shard is sent in order."""
    return crc32(key or b"") % SHARDS


def headers_to_text(headers: RawHeaders) -> str:
    """JSON pairs; a value that is not UTF-8 becomes `{"b64": ...}`, a null stays null: nothing is changed."""
    try:
        return to_json(headers).decode()
    except PydanticSerializationError:
        return to_json([(name, _packed(value)) for name, value in headers]).decode()


def headers_from_text(text: str) -> RawHeaders:
    """The reverse of `headers_to_text`, byte for byte."""
    return [(name, value.encode() if isinstance(value, str) else _unpacked(value)) for name, value in from_json(text)]


def _packed(value: bytes | None) -> bytes | dict[str, str] | None:
    if value is None:
        return None
    try:
        value.decode()
    except UnicodeDecodeError:
        return {"b64": b64encode(value).decode()}
    return value


def _unpacked(value: dict[str, str] | None) -> bytes | None:
    return None if value is None else b64decode(value["b64"])


async def write(connection: Connection, messages: Sequence[Outgoing]) -> None:
    """One statement and one notification for the whole batch."""
    if messages:
        await connection.execute(
            INSERT,
            [shard(one.key) for one in messages],
            [one.topic for one in messages],
            [one.key for one in messages],
            [one.value for one in messages],
            [headers_to_text(one.headers) for one in messages],
        )


async def holds_messages(pool: Pool) -> bool:
    """Is anything still to be sent?"""
    return bool(await pool.fetchval(ANY))

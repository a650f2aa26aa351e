"""What the database keeps of a record's headers is exactly what came."""

import hypothesis.strategies as st
from hypothesis import given

from chassis.messaging.outbox import SHARDS, headers_from_text, headers_to_text, shard

HEADERS = st.lists(st.tuples(st.text(max_size=9), st.none() | st.binary(max_size=9)))


@given(headers=HEADERS)
def test_headers_survive_byte_for_byte(headers: list[tuple[str, bytes | None]]) -> None:
    text = headers_to_text(headers)
    assert headers_from_text(text) == headers
    assert "\0" not in text  # PostgreSQL keeps no NUL in text


@given(key=st.none() | st.binary())
def test_a_key_has_one_shard_for_ever(key: bytes | None) -> None:
    assert shard(key) == shard(key)
    assert 0 <= shard(key) < SHARDS


def test_the_shards_of_stored_rows_do_not_move() -> None:
    assert [shard(key) for key in (None, b"", b"o-1", b"o-2")] == [0, 0, 2, 0]
    assert len({shard(f"o-{number}".encode()) for number in range(100)}) == SHARDS

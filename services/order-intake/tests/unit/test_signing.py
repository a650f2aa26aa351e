"""Who signs what, spelt out with another implementation of HMAC than ours."""

import hashlib

import pytest

from order_intake.application.commands import attempt_of
from order_intake.application.signatures import sign

KEY = hashlib.sha256(b"secret").hexdigest()


def test_the_signature_is_an_hmac_over_id_and_value() -> None:
    spelt = hashlib.sha256(
        bytes(a ^ 0x5C for a in KEY.encode())
        + hashlib.sha256(bytes(a ^ 0x36 for a in KEY.encode()) + b'id-1.{"form":1}').digest()
    ).hexdigest()
    assert sign(KEY, "id-1", b'{"form":1}') == f"v1={spelt}"


@pytest.mark.parametrize(("event_id", "value"), [("id-2", b"x"), ("id-1", b"y"), ("id-1.x", b""), ("id-1", b"x ")])
def test_another_id_or_value_has_another_signature(event_id: str, value: bytes) -> None:
    assert sign(KEY, event_id, value) != sign(KEY, "id-1", b"x")


def test_another_key_makes_another_signature() -> None:
    assert sign(KEY, "id-1", b"x") != sign(hashlib.sha256(b"other").hexdigest(), "id-1", b"x")


@pytest.mark.parametrize(
    ("command_id", "attempt"),
    [
        ("o-1:2:price-order:do:3", 3),
        ("o-1:1:backorder:ask:1800000000000", 1_800_000_000_000),
        ("x", 0),
        ("", 0),
        ("a:", 0),
        ("a:²", 0),
        ("a:" + "9" * 5_000, 0),
    ],
)
def test_the_attempt_that_a_reply_answers_is_in_the_id_of_its_command(command_id: str, attempt: int) -> None:
    assert attempt_of(command_id) == attempt

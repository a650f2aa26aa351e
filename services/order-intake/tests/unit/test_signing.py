"""Who signs what, spelt out with another implementation of HMAC than ours."""

import hashlib

import pytest

from order_intake.application.commands import attempt_of
from order_intake.domain.signatures import sign, signing_key_of

# The test vector of the documentation: who makes this signature of these makes all of them.
SECRET = "d1a1t0ne-test-vector-secret"
SIGNING_KEY = "107f899f2bbc64f89758e00228601bffd9eed1083b07f97e9a18ce4e4cccce3d"
EVENT_ID, AT, RECORD_KEY, VALUE = "5b0c9c0e", 1_795_651_200, b"PO-1001", b'{"order_id":"PO-1001","form":{}}'
SIGNATURE = "t=1795651200,v1=7d86973ca9527be2b317581a4cde0fa2cfcdabec5cacdfe0926dc9648aa67c00"


def test_the_test_vector_holds() -> None:
    assert signing_key_of(SECRET) == SIGNING_KEY
    assert sign(SIGNING_KEY, EVENT_ID, AT, RECORD_KEY, VALUE) == SIGNATURE


def test_the_signature_is_an_hmac_over_id_time_key_and_value() -> None:
    key = SIGNING_KEY.encode()
    signed = b'5b0c9c0e.1795651200.PO-1001.{"order_id":"PO-1001","form":{}}'
    inner = hashlib.sha256(bytes(a ^ 0x36 for a in key) + signed).digest()
    assert f"t=1795651200,v1={hashlib.sha256(bytes(a ^ 0x5C for a in key) + inner).hexdigest()}" == SIGNATURE


def test_the_signing_key_cannot_be_made_of_the_verifier() -> None:
    assert signing_key_of(SECRET) != signing_key_of(hashlib.sha256(SECRET.encode()).hexdigest())
    assert signing_key_of(SECRET) != hashlib.sha256(SECRET.encode()).hexdigest()


@pytest.mark.parametrize(
    ("event_id", "at", "key", "value"),
    [
        ("5b0c9c0f", AT, RECORD_KEY, VALUE),
        (EVENT_ID, AT + 1, RECORD_KEY, VALUE),
        (EVENT_ID, AT, b"PO-1002", VALUE),
        (EVENT_ID, AT, b"", VALUE),
        (EVENT_ID, AT, RECORD_KEY, VALUE + b" "),
    ],
)
def test_whatever_is_another_has_another_signature(event_id: str, at: int, key: bytes, value: bytes) -> None:
    assert sign(SIGNING_KEY, event_id, at, key, value)[-64:] != SIGNATURE[-64:]


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

"""A portal that speaks Kafka: what it signs and sends, and what becomes of it."""

import json
import time
from collections.abc import Callable
from typing import Any

from contracts.orders import OrderRejected, SubmitOrder
from order_intake.domain.signatures import sign, signing_key_of
from testkit.records import FakeRecord, record_of

from ..builders import form
from .desk import Desk, body

Submission = Callable[..., FakeRecord]


def signer(api_key: str) -> Submission:
    """Makes records that this key signed, `at` unix seconds or now; `value` replaces what is signed."""

    def build(message_id: str = "s-1", *, key: str = api_key, value: str = "", at: int = 0, **facts: Any) -> FakeRecord:
        text = value or json.dumps({"order_id": "their-key", "form": json.loads(body(**facts))})
        _, key_id, secret = key.split("_", 2)
        record = record_of(SubmitOrder(order_id="their-key", form=form()), message_id)
        record.value = text.encode()
        signed = sign(signing_key_of(secret), message_id, at or int(time.time()), record.key or b"", record.value)
        record.headers += [("partnerkey", key_id.encode()), ("signature", signed.encode())]
        return record

    return build


def without(record: FakeRecord, name: str) -> FakeRecord:
    record.headers = [one for one in record.headers if one[0] != name]
    return record


def instead(record: FakeRecord, name: str, value: bytes) -> FakeRecord:
    without(record, name).headers.append((name, value))
    return record


async def orders(desk: Desk) -> list[tuple[str, str]]:
    rows = await desk.pool.fetch("SELECT partner_id, external_id FROM orders ORDER BY external_id")
    return [tuple(row) for row in rows]


async def rejected(desk: Desk) -> OrderRejected:
    (letter,) = await desk.published()
    assert letter.topic == "orders.rejections"
    message = letter.message
    assert isinstance(message, OrderRejected)
    return message

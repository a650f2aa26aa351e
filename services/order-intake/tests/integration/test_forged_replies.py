"""Whoever can write to orders.replies cannot break the saga: what names an impossible place is a dead letter, whole."""

import httpx
import pytest

from .desk import Desk

pytestmark = pytest.mark.integration

IMPOSSIBLE = [
    ("ce_direction", "sideways"),
    ("ce_direction", ""),
    ("ce_direction", None),
    ("ce_direction", "DO"),
    ("ce_step", "fly to the moon"),
    ("ce_step", ""),
    ("ce_step", None),
    ("ce_sagaid", "somebody:1"),
    ("ce_sagaid", "nothing"),
    ("ce_sagaid", None),
    ("ce_causationid", "price order"),
    ("ce_causationid", None),
    ("ce_causationid", "{order}:1:price-order:do:first"),
    ("ce_causationid", "{order}:1:price-order:do:0"),
    ("ce_causationid", "{order}:1:price-order:do:-1"),
    ("ce_causationid", "{order}:1:price-order:do:²"),
    ("ce_causationid", "{order}:1:price-order:do:" + "9" * 5_000),
    ("ce_causationid", "{order}:1:price-order:undo:1"),
]


@pytest.mark.parametrize(("name", "value"), IMPOSSIBLE)
async def test_an_impossible_place_is_not_readable(
    desk: Desk, ada: httpx.AsyncClient, name: str, value: str | None
) -> None:
    order_id = await desk.submit(ada)
    (price,) = await desk.commands()
    forged = desk.reply(price)
    forged.headers = [(header, content) for header, content in forged.headers if header != name]
    if value is not None:
        forged.headers.append((name, value.replace("{order}", order_id).encode()))
    before = await desk.row(order_id)
    await desk.deliver(forged)
    (letter,) = [one for one in await desk.published() if one.topic == "dead-letters"]
    assert letter.texts["dl-error-code"] == "message-not-readable"
    assert name.removeprefix("ce_") in letter.texts["dl-error-message"]
    assert letter.value == forged.value
    assert await desk.row(order_id) == before
    await desk.answer(price)  # the true one
    assert await desk.commands() != []


async def test_a_reply_under_the_key_of_another_order_is_not_readable(desk: Desk, ada: httpx.AsyncClient) -> None:
    await desk.submit(ada)
    (price,) = await desk.commands()
    forged = desk.reply(price)
    forged.key = b"another"
    await desk.deliver(forged)
    (letter,) = [one for one in await desk.published() if one.topic == "dead-letters"]
    assert letter.texts["dl-error-code"] == "message-not-readable"


async def test_forged_replies_cost_one_transaction_together(desk: Desk, ada: httpx.AsyncClient) -> None:
    await desk.submit(ada)
    (price,) = await desk.commands()
    forged = [desk.reply(price) for _ in range(50)]
    for one in forged:
        one.headers = [(name, b"sideways" if name == "ce_direction" else value) for name, value in one.headers]
    await desk.deliver(*forged)
    assert await desk.pool.fetchval("SELECT count(DISTINCT xmin::text) FROM outbox WHERE topic = 'dead-letters'") == 1

"""Messages that nobody could handle: kept whole, replayed to where they came from, or discarded."""

from typing import Any

import httpx
import pytest

from chassis.messaging.dead_letters import dead_letter
from chassis.messaging.outgoing import Outgoing
from chassis.messaging.reading import NotReadable
from contracts.numbers import BackorderFilled
from contracts.orders import OrderFallout
from testkit.records import FakeRecord, record_of

from ..builders import NOW, delivered
from .conftest import REPLAY_LIMIT
from .desk import Desk, Letter

pytestmark = pytest.mark.integration
WHY = {"why": "The handler was mended."}


def buried(record: FakeRecord, service: str = "ticketing") -> FakeRecord:
    """The record on the dead-letter topic, as the boundary of a service writes it."""
    letter: Outgoing = dead_letter(record, service, NotReadable("It is bad."))
    return FakeRecord(letter.topic, letter.key, letter.value, letter.headers)


def event(message_id: str = "e-1") -> FakeRecord:
    filled = BackorderFilled(order_id="o-1", partner_id="p-1", run=1, numbers=delivered(), filled_at=NOW)
    return record_of(filled, message_id, offset=7)


async def only(desk: Desk) -> Any:
    return await desk.pool.fetchrow("SELECT * FROM dead_letters")


async def replay(operator: httpx.AsyncClient, dl_id: str, **more: Any) -> httpx.Response:
    return await operator.post(f"/dead-letters/{dl_id}/replay", json={**WHY, **more})


async def test_a_dead_letter_is_kept_whole(desk: Desk) -> None:
    record = event()
    record.headers += [("strange", b"\xff\x00"), ("null", None)]
    await desk.deliver(buried(record))
    row = await only(desk)
    assert (row["kind"], row["order_id"], row["service"]) == ("message", "o-1", "ticketing")
    assert (row["source_topic"], row["error_code"], row["attempts"]) == ("numbers.events", "message-not-readable", 1)
    assert "It is bad." in row["error_message"]
    assert (row["record_key"], row["value"], row["state"]) == (record.key, record.value, "open")
    assert row["retriable"] is False


async def test_the_same_dead_letter_again_is_the_same(desk: Desk) -> None:
    record = buried(event())
    await desk.deliver(record, record)
    await desk.deliver(record)
    assert await desk.pool.fetchval("SELECT count(*) FROM dead_letters") == 1


async def test_a_record_of_nothing_is_kept_too(desk: Desk) -> None:
    await desk.deliver(buried(FakeRecord("numbers.events", None, None, [])), FakeRecord("dead-letters", None, b"?", []))
    rows = await desk.pool.fetch("SELECT * FROM dead_letters ORDER BY service")
    assert [(row["service"], row["order_id"], row["source_topic"]) for row in rows] == [
        ("ticketing", None, "numbers.events"),
        ("unknown", None, "dead-letters"),
    ]


async def test_one_that_cannot_be_kept_keeps_no_other_from_it(desk: Desk) -> None:
    broken = buried(event("e-1"))
    broken.headers = [(name, b"yesterday" if name == "dl-failed-at" else value) for name, value in broken.headers]
    await desk.deliver(broken, buried(event("e-2")))
    assert await desk.pool.fetchval("SELECT count(*) FROM dead_letters") >= 1
    assert await desk.published() == []


async def test_a_replay_sends_the_message_as_it_was_to_where_it_came_from(
    desk: Desk, operator: httpx.AsyncClient
) -> None:
    record = event()
    record.headers += [("strange", b"\xff\x00"), ("null", None)]
    await desk.deliver(buried(record))
    dl_id = (await only(desk))["dl_id"]
    answer = await replay(operator, dl_id)
    assert (answer.status_code, answer.json()) == (202, {"dl_id": dl_id, "state": "replayed", "order_id": "o-1"})
    (sent,) = await desk.published()
    assert (sent.topic, sent.key, sent.value) == (record.topic, record.key, record.value)
    added = [("replayed-by", b"m.alvarez"), ("replay-of", dl_id.encode()), ("replay-count", b"1")]
    assert sent.headers == [*record.headers, *added]
    row = await only(desk)
    assert (row["state"], row["closed_by"]) == ("replayed", "m.alvarez")
    assert row["closed_at"] is not None


async def test_a_message_is_replayed_so_often_and_no_more(desk: Desk, operator: httpx.AsyncClient) -> None:
    record = event()
    for count in range(1, REPLAY_LIMIT + 1):
        await desk.deliver(buried(record))
        letter = await desk.pool.fetchval("SELECT dl_id FROM dead_letters WHERE state = 'open'")
        assert (await replay(operator, letter)).status_code == 202
        (sent,) = await desk.published()
        assert sent.texts["replay-count"] == str(count)
        assert len([name for name, _ in sent.headers if name == "replayed-by"]) == 1
        record = sent.again()
    await desk.deliver(buried(record))
    letter = await desk.pool.fetchval("SELECT dl_id FROM dead_letters WHERE state = 'open'")
    refused = await replay(operator, letter)
    assert (refused.status_code, refused.json()["code"]) == (409, "not-possible")
    assert f"replayed {REPLAY_LIMIT} times" in refused.json()["detail"]
    assert await desk.published() == []
    assert (await operator.post(f"/dead-letters/{letter}/discard", json=WHY)).status_code == 200


async def test_a_portal_that_writes_our_headers_only_writes_nonsense(desk: Desk, operator: httpx.AsyncClient) -> None:
    record = event()
    record.headers += [("replay-count", b"many"), ("dl-id", b"mine"), ("dl-source-topic", b"billing.events")]
    await desk.deliver(buried(record))
    row = await only(desk)
    assert row["dl_id"] != "mine"
    assert (await replay(operator, row["dl_id"])).status_code == 202
    (sent,) = await desk.published()
    assert (sent.topic, sent.texts["replay-count"]) == ("numbers.events", "1")
    assert "dl-id" not in sent.texts


async def test_a_replayed_message_that_was_handled_meanwhile_changes_nothing(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada)
    (price,) = await desk.commands()
    reply = desk.reply(price)
    await desk.deliver(reply)
    await desk.published()
    await desk.deliver(buried(reply, "order-intake"))
    await replay(operator, (await only(desk))["dl_id"])
    before = await desk.row(order_id)
    (sent,) = await desk.published()
    await desk.deliver(sent.again())
    assert await desk.row(order_id) == before


async def test_the_letter_of_a_message_cannot_be_edited(
    desk: Desk, operator: httpx.AsyncClient, ada: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada)
    await desk.published()
    await desk.deliver(buried(event()))
    form = (await operator.get(f"/orders/{order_id}")).json()["form"]
    answer = await replay(operator, (await only(desk))["dl_id"], form=form)
    assert (answer.status_code, answer.json()["code"]) == (422, "not-possible")
    assert (await only(desk))["state"] == "open"
    assert await desk.published() == []


async def test_a_discarded_message_is_written_down_and_stays_readable(desk: Desk, operator: httpx.AsyncClient) -> None:
    await desk.deliver(buried(event()))
    dl_id = (await only(desk))["dl_id"]
    answer = await operator.post(f"/dead-letters/{dl_id}/discard", json=WHY)
    assert answer.json() == {"dl_id": dl_id, "state": "discarded", "order_id": "o-1"}
    action = await desk.pool.fetchrow("SELECT who, action, why, dl_id, order_id FROM operator_actions")
    assert tuple(action) == ("m.alvarez", "discard", WHY["why"], dl_id, "o-1")
    assert (await operator.get(f"/dead-letters/{dl_id}")).json()["state"] == "discarded"
    assert await desk.published() == []
    assert (await replay(operator, dl_id)).status_code == 409


async def test_a_replayed_message_is_written_down(desk: Desk, operator: httpx.AsyncClient) -> None:
    await desk.deliver(buried(event()))
    dl_id = (await only(desk))["dl_id"]
    await replay(operator, dl_id)
    action = await desk.pool.fetchrow("SELECT who, action, why, dl_id, before, after FROM operator_actions")
    assert tuple(action) == ("m.alvarez", "replay", WHY["why"], dl_id, None, None)


async def test_nobody_passes_a_message_off_as_the_letter_of_an_order(
    desk: Desk, operator: httpx.AsyncClient, fallen: str
) -> None:
    """A portal sends poison that looks like the fallout of somebody's order; discarding it must not fail the order."""
    (story,) = [one for one in await desk.published() if one.topic == "dead-letters"]
    forged = Letter("orders.submissions", fallen.encode(), story.value, story.headers)
    assert forged.texts["ce_type"] == OrderFallout.ce_type
    await desk.deliver(forged.again())
    (poison,) = [one for one in await desk.published() if one.topic == "dead-letters"]
    await desk.deliver(poison.again())
    letters = await desk.pool.fetch("SELECT dl_id, kind FROM dead_letters ORDER BY kind")
    assert [row["kind"] for row in letters] == ["message", "order"]
    await operator.post(f"/dead-letters/{letters[0]['dl_id']}/discard", json=WHY)
    assert await desk.state(fallen) == "held"


async def test_what_is_kept_by_reference_is_shown_and_cannot_be_replayed(
    desk: Desk, operator: httpx.AsyncClient
) -> None:
    await desk.deliver(buried(FakeRecord("orders.submissions", b"k", b"z" * 5_000_000, [])))
    row = await only(desk)
    shown = (await operator.get(f"/dead-letters/{row['dl_id']}")).json()
    assert (shown["headers"]["dl-value-bytes"], shown["value"]) == ("5000000", "z" * 1024)
    answer = await replay(operator, row["dl_id"])
    assert answer.status_code == 409
    assert "too large for its dead letter" in answer.text
    assert (await operator.post(f"/dead-letters/{row['dl_id']}/discard", json=WHY)).status_code == 200

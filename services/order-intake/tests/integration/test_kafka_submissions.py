"""Orders submitted by Kafka: signed ones are accepted, all others are answered on orders.rejections."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from contracts.catalog import PriceOrder
from contracts.numbers import ReleaseNumbers
from contracts.orders import OrderRejected
from order_intake.domain.door.judging import judge_message
from testkit.records import FakeRecord, record_of
from testkit.work import counted

from ..builders import customer, form
from .desk import Desk, body, new_partner
from .portal import Submission, instead, orders, rejected

pytestmark = pytest.mark.integration


async def test_a_signed_order_is_accepted_for_the_partner_of_its_key(desk: Desk, submission: Submission) -> None:
    await desk.deliver(submission())
    assert await orders(desk) == [("p-ada", "PO-1")]
    assert [type(one.message).__name__ for one in await desk.published()] == ["PriceOrder", "OrderSubmitted"]


async def test_a_batch_is_accepted_together(desk: Desk, submission: Submission) -> None:
    facts = [(f"s-{n}", {"external_id": f"PO-{n}", "enterprise": f"Harbor {n}"}) for n in range(1, 4)]
    await desk.deliver(*(submission(message_id, **fact) for message_id, fact in facts))
    assert await orders(desk) == [("p-ada", "PO-1"), ("p-ada", "PO-2"), ("p-ada", "PO-3")]
    assert len(await desk.commands()) == 3


async def test_a_refused_order_is_answered_with_every_fault(desk: Desk, submission: Submission) -> None:
    wrong = submission("s-7", kind="new-group", enterprise="Nobody Inc", customer=customer(domain=""))
    await desk.deliver(wrong)
    answer = await rejected(desk)
    assert (answer.order_id, answer.submission_id, answer.external_id) == ("their-key", "s-7", "PO-1")
    assert answer.partner_id == "p-ada"
    assert [(one.pointer, one.code) for one in answer.faults] == [
        ("/customer/domain", "bad-domain"),
        ("/enterprise", "enterprise-unknown"),
    ]


async def test_a_form_of_the_wrong_shape_is_answered_and_buries_nothing(desk: Desk, submission: Submission) -> None:
    text = json.dumps({"order_id": "their-key", "form": {**json.loads(body()), "kind": "renewal", "enterprise": ""}})
    await desk.deliver(submission(value=text))
    answer = await rejected(desk)
    assert [one.pointer for one in answer.faults] == ["/kind", "/enterprise"]
    assert answer.external_id == "PO-1"


@pytest.mark.parametrize(
    "external_id", ['"PO\\u0000"', '"\\ud800"', "[" * 5000 + "]" * 5000], ids=["NUL", "half a pair", "deep"]
)
async def test_a_text_that_cannot_be_kept_is_answered_too(desk: Desk, submission: Submission, external_id: str) -> None:
    value = json.dumps({"order_id": "their-key", "form": json.loads(body())}).replace('"PO-1"', external_id)
    good = submission("s-2", external_id="PO-2")
    await desk.deliver(submission(value=value), good)
    assert len(desk.sent(OrderRejected)) == 0
    assert [one.topic for one in await desk.published() if one.topic in ("dead-letters", "orders.rejections")] == [
        "orders.rejections"
    ]
    assert await orders(desk) == [("p-ada", "PO-2")]


async def test_the_same_record_again_is_the_same_order(desk: Desk, submission: Submission) -> None:
    record = submission()
    await desk.deliver(record, record)
    await desk.deliver(record)
    assert await orders(desk) == [("p-ada", "PO-1")]
    assert len(await desk.commands()) == 1
    assert desk.sent(OrderRejected) == []


async def test_an_order_that_came_by_http_and_kafka_is_one_order(desk: Desk, submission: Submission, ada: Any) -> None:
    made = form()
    made = made.model_copy(update={"requested_activation": None})
    await desk.submit(ada, form=made)
    await desk.published()
    await desk.deliver(submission(form=made))
    assert await orders(desk) == [("p-ada", "PO-1")]
    assert await desk.published() == []


async def test_an_external_id_with_other_content_is_rejected(desk: Desk, submission: Submission) -> None:
    await desk.deliver(submission("s-1"), submission("s-2", notes="Other."))
    await desk.published()
    (answer,) = desk.sent(OrderRejected)
    assert (answer.submission_id, [one.code for one in answer.faults]) == ("s-2", ["external-id-taken"])


async def test_an_external_id_in_another_spelling_is_the_same(desk: Desk, submission: Submission) -> None:
    composed, decomposed = "PO-\u00e9-1", "PO-e\u0301-1"
    same = {"requested_activation": datetime.now(UTC) + timedelta(days=9)}
    first, again = (submission(f"s-{one}", external_id=one, **same) for one in (composed, decomposed))
    await desk.deliver(first, again)
    await desk.deliver(submission("s-3", external_id=decomposed, notes="Other."))
    await desk.published()
    (answer,) = desk.sent(OrderRejected)
    assert (answer.submission_id, answer.external_id) == ("s-3", composed)
    assert await orders(desk) == [("p-ada", composed)]


async def test_of_two_orders_for_one_enterprise_in_a_batch_the_first_wins(desk: Desk, submission: Submission) -> None:
    await desk.deliver(submission("s-1"), submission("s-2", external_id="PO-2"))
    await desk.published()
    (answer,) = desk.sent(OrderRejected)
    assert (answer.external_id, [one.code for one in answer.faults]) == ("PO-2", ["enterprise-exists"])
    assert await orders(desk) == [("p-ada", "PO-1")]


async def test_equal_ids_of_two_partners_are_two_submissions(desk: Desk, submission: Submission) -> None:
    _, other = await new_partner(desk.pool, "p-bea", "Bea Voice")
    await desk.deliver(submission("s-1"))
    await desk.deliver(submission("s-1", key=other))
    assert await orders(desk) == [("p-ada", "PO-1"), ("p-bea", "PO-1")]


async def test_a_portal_may_sign_again_what_it_signed_wrongly(desk: Desk, submission: Submission) -> None:
    await desk.deliver(instead(submission(), "signature", b"v1=wrong"))
    await desk.deliver(submission())
    assert await orders(desk) == [("p-ada", "PO-1")]


async def test_something_else_on_the_topic_of_submissions_is_a_dead_letter(desk: Desk, submission: Submission) -> None:
    alien = record_of(ReleaseNumbers(order_id="o-1", run=1), "x-1", topic="orders.submissions")
    nothing = FakeRecord("orders.submissions", b"k", b"{}", [])
    await desk.deliver(alien, nothing, submission())
    codes = [one.texts["dl-error-code"] for one in await desk.published() if one.topic == "dead-letters"]
    assert codes == ["message-not-readable", "message-not-readable"]
    assert await orders(desk) == [("p-ada", "PO-1")]


async def test_a_submission_needs_no_second_connection(desk: Desk, submission: Submission, database_url: str) -> None:
    """Otherwise as many batches at once as there are connections would wait for each other for ever."""
    async with asyncpg.create_pool(database_url, min_size=1, max_size=1) as narrow:
        lone = await Desk.of(desk.settings, narrow)
        await asyncio.wait_for(lone.boundary.handle([submission()]), 10)
    assert isinstance((await desk.command(PriceOrder)).message, PriceOrder)


async def test_two_processes_that_take_in_one_enterprise_at_once_make_one_order(
    desk: Desk, submission: Submission
) -> None:
    await asyncio.gather(
        desk.deliver(submission("s-1")),
        desk.deliver(submission("s-2", external_id="PO-2")),
    )
    await desk.published()
    assert len(await orders(desk)) == 1
    (answer,) = desk.sent(OrderRejected)
    assert [one.code for one in answer.faults] == ["enterprise-exists"]


@pytest.mark.parametrize(("sent", "answered"), [(5, ""), ("x" * 500, "x" * 127 + "…"), ("PO-1", "PO-1")])
async def test_a_rejection_names_the_external_id_that_was_sent_and_no_other(
    desk: Desk, submission: Submission, sent: object, answered: str
) -> None:
    faulty = {**json.loads(body()), "external_id": sent, "kind": "renewal"}
    await desk.deliver(submission(value=json.dumps({"order_id": "their-key", "form": faulty})))
    assert (await rejected(desk)).external_id == answered


async def test_others_have_their_turn_while_a_long_batch_is_judged(desk: Desk, submission: Submission) -> None:
    numbers = [{"number": f"+1973826{last:04d}"} for last in range(2_000)]
    value = json.dumps({"order_id": "their-key", "form": {**json.loads(body()), "numbers": numbers, "items": 5}})
    records = [submission(f"s-{number}", value=value) for number in range(20)]
    judged: set[int] = set()

    async def other() -> None:
        while True:
            judged.add(calls["judge_message"])
            await asyncio.sleep(0)

    with counted(judge_message) as calls:
        task = asyncio.create_task(other())
        await desk.deliver(*records)
        task.cancel()
    assert len(await desk.published()) == 20
    assert judged - {0, 20}

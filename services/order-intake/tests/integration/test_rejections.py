"""Where rejections go: to the partner alone, where it has a topic, and then the shared one has ids and codes only."""

import asyncio
import json
import time

import httpx
import pytest
from asyncpg import UniqueViolationError

from contracts.orders import OrderRejected, SubmitOrder
from order_intake.application.topics import Topics
from order_intake.domain.signatures import sign, signing_key_of
from order_intake.settings import Settings
from testkit.records import FakeRecord, record_of

from ..builders import form
from .desk import Desk, new_partner

pytestmark = pytest.mark.integration
PATH = "/partners/p-ada/rejections-topic"


class BrokerOfTwo(Topics):
    """Has two topics; does not answer when it is away."""

    away = False

    async def exists(self, topic: str) -> bool:
        if self.away:
            raise OSError("connection refused")
        return topic in ("ada.rejections", "bea.rejections")


@pytest.fixture
def broker(desk: Desk) -> BrokerOfTwo:
    desk.parts.api.state.topics = BrokerOfTwo(desk.settings)
    return desk.parts.api.state.topics  # type: ignore[no-any-return]


def submission(api_key: str, *, forged: bool = False) -> FakeRecord:
    """Of a form that no door lets in."""
    _, key_id, secret = api_key.split("_", 2)
    record = record_of(SubmitOrder(order_id="their-key", form=form()), "s-1")
    faulty = {**json.loads(record.value or b"")["form"], "kind": "renewal"}
    record.value = json.dumps({"order_id": "their-key", "form": faulty}).encode()
    signed = sign(signing_key_of("x" if forged else secret), "s-1", int(time.time()), b"their-key", record.value)
    record.headers += [("partnerkey", key_id.encode()), ("signature", signed.encode())]
    return record


async def rejections(desk: Desk) -> dict[str, OrderRejected]:
    found = [(one.topic, one.message) for one in await desk.published() if one.envelope.type == OrderRejected.ce_type]
    return {topic: message for topic, message in found if isinstance(message, OrderRejected)}


def bare(rejected: OrderRejected) -> bool:
    """Is it ids and codes only? What nobody has signed is not looked at, so it has no external id."""
    said = [(fault.pointer, fault.detail) for fault in rejected.faults]
    ids = (rejected.order_id, rejected.submission_id)
    named = rejected.external_id in ("", "PO-1")
    return ids == ("their-key", "s-1") and named and set(said) == {("", "")} and rejected.partner_id == ""


async def test_without_a_topic_of_its_own_a_partner_is_answered_on_the_shared_one(desk: Desk, ada_key: str) -> None:
    await desk.deliver(submission(ada_key))
    answers = await rejections(desk)
    assert list(answers) == ["orders.rejections"]
    assert [one.pointer for one in answers["orders.rejections"].faults] == ["/kind"]


async def test_a_partner_with_a_topic_of_its_own_is_answered_there_and_nobody_else_reads_it(
    desk: Desk, broker: BrokerOfTwo, operator: httpx.AsyncClient, ada_key: str
) -> None:
    answer = await operator.put(PATH, json={"topic": "ada.rejections", "why": "They asked."})
    assert answer.json() == {"partner_id": "p-ada", "rejections_topic": "ada.rejections"}
    await desk.deliver(submission(ada_key))
    answers = await rejections(desk)
    assert answers.keys() == {"ada.rejections", "orders.rejections"}
    assert [(one.pointer, bool(one.detail)) for one in answers["ada.rejections"].faults] == [("/kind", True)]
    assert bare(answers["orders.rejections"])
    assert [one.code for one in answers["orders.rejections"].faults] == [
        one.code for one in answers["ada.rejections"].faults
    ]


async def test_who_forges_a_partners_signature_writes_nothing_into_its_topic(
    desk: Desk, broker: BrokerOfTwo, operator: httpx.AsyncClient, ada_key: str
) -> None:
    await operator.put(PATH, json={"topic": "ada.rejections", "why": "They asked."})
    await desk.deliver(submission(ada_key, forged=True))
    assert list(await rejections(desk)) == ["orders.rejections"]


async def test_unless_a_setting_allows_it_the_shared_topic_is_bare_for_everybody(
    desk: Desk, ada_key: str, settings: Settings
) -> None:
    """Several partners may read it, and faults quote what stands in forms."""
    as_it_comes = Settings.model_fields["bare_rejections"].default
    strict = await Desk.of(settings.model_copy(update={"bare_rejections": as_it_comes}), desk.pool)
    for forged in (False, True):
        await strict.deliver(submission(ada_key, forged=forged))
        answers = await rejections(strict)
        assert bare(answers["orders.rejections"])


async def test_the_topic_is_given_up_again_and_both_acts_are_written_down(
    desk: Desk, broker: BrokerOfTwo, operator: httpx.AsyncClient, ada_key: str
) -> None:
    for topic in ("ada.rejections", None):
        assert (await operator.put(PATH, json={"topic": topic, "why": "They asked."})).status_code == 200
    await desk.deliver(submission(ada_key))
    assert list(await rejections(desk)) == ["orders.rejections"]
    rows = await desk.pool.fetch("SELECT who, before, after FROM operator_actions ORDER BY action_id")
    assert [tuple(row) for row in rows] == [
        ("m.alvarez", "", "ada.rejections"),
        ("m.alvarez", "ada.rejections", ""),
    ]


async def test_however_often_its_topic_is_chosen_a_partner_is_answered_where_it_is_now(
    desk: Desk, broker: BrokerOfTwo, operator: httpx.AsyncClient, ada_key: str
) -> None:
    for topic in ("ada.rejections", "ada.rejections", "bea.rejections", None, None, "ada.rejections"):
        chosen = await operator.put(PATH, json={"topic": topic, "why": "They asked."})
        assert (chosen.status_code, chosen.json()["rejections_topic"]) == (200, topic)
        await desk.deliver(submission(ada_key))
        answers = await rejections(desk)
        assert answers.keys() == {topic, "orders.rejections"} - {None}
        assert [one.pointer for one in answers[topic or "orders.rejections"].faults] == ["/kind"]


async def test_a_topic_that_was_given_up_is_another_partners_to_have(
    desk: Desk, broker: BrokerOfTwo, operator: httpx.AsyncClient, ada_key: str
) -> None:
    _, bea_key = await new_partner(desk.pool, "p-bea", "Bea Voice")
    for path, topic in ((PATH, "bea.rejections"), (PATH, None), (PATH.replace("ada", "bea"), "bea.rejections")):
        assert (await operator.put(path, json={"topic": topic, "why": "They asked."})).status_code == 200
    await desk.deliver(submission(ada_key))
    assert list(await rejections(desk)) == ["orders.rejections"]
    await desk.deliver(submission(bea_key))
    assert (await rejections(desk)).keys() == {"bea.rejections", "orders.rejections"}


@pytest.mark.parametrize("body", [{"topic": "a b"}, {"topic": "__a"}, {}])
async def test_a_topic_of_another_form_is_told_with_the_form(operator: httpx.AsyncClient, body: dict[str, str]) -> None:
    (fault,) = (await operator.put(PATH, json={"why": "They asked.", **body})).json()["errors"]
    assert fault["pointer"] == "/topic"
    assert "expected the name of a topic such as 'northwind.rejections': letters, digits" in fault["detail"]


@pytest.mark.parametrize("topic", ["no.such.topic", "orders.submissions", "bea.rejections", "a b", ""])
async def test_a_topic_that_cannot_be_its_own_is_refused_in_words(
    desk: Desk, broker: BrokerOfTwo, operator: httpx.AsyncClient, ada_key: str, topic: str
) -> None:
    await new_partner(desk.pool, "p-bea", "Bea Voice")
    await operator.put("/partners/p-bea/rejections-topic", json={"topic": "bea.rejections", "why": "They asked."})
    answer = await operator.put(PATH, json={"topic": topic, "why": "They asked."})
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, ["/topic"])
    assert await desk.pool.fetchval("SELECT rejections_topic FROM partners WHERE partner_id = 'p-ada'") is None


async def test_two_operators_at_once_do_not_give_two_partners_one_topic(
    desk: Desk, broker: BrokerOfTwo, operator: httpx.AsyncClient, ada_key: str
) -> None:
    partner_ids = ["p-ada", *(f"p-{number}" for number in range(5))]
    for partner_id in partner_ids[1:]:
        await new_partner(desk.pool, partner_id, f"Partner {partner_id}")
    paths = (f"/partners/{partner_id}/rejections-topic" for partner_id in partner_ids)
    chosen = {"topic": "bea.rejections", "why": "They asked."}
    answers = await asyncio.gather(*(operator.put(path, json=chosen) for path in paths))
    assert sorted(one.status_code for one in answers) == [200, *[422] * 5]
    assert await desk.pool.fetchval("SELECT count(rejections_topic) FROM partners") == 1


async def test_the_database_itself_holds_one_topic_for_one_partner(desk: Desk, ada_key: str) -> None:
    await new_partner(desk.pool, "p-bea", "Bea Voice")
    with pytest.raises(UniqueViolationError):
        await desk.pool.execute("UPDATE partners SET rejections_topic = 'bea.rejections'")


async def test_while_the_broker_is_away_nothing_is_changed(
    broker: BrokerOfTwo, operator: httpx.AsyncClient, ada_key: str
) -> None:
    broker.away = True
    answer = await operator.put(PATH, json={"topic": "ada.rejections", "why": "They asked."})
    assert (answer.status_code, answer.json()["code"]) == (503, "broker-away")
    assert answer.json()["detail"] == "The broker does not say which topics there are; try again in a moment."


async def test_a_partner_that_is_not_there_has_no_topic(broker: BrokerOfTwo, operator: httpx.AsyncClient) -> None:
    answer = await operator.put(PATH, json={"topic": "ada.rejections", "why": "They asked."})
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-partner")

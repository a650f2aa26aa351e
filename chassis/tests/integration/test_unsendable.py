"""A row that can never be sent: set aside with a small dead letter, its shard goes on, an operator decides."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError

from chassis.http.access import sha256
from chassis.http.api import make_api
from chassis.http.keyring import local_keyring
from chassis.http.principals import Principals
from chassis.messaging import outbox
from chassis.messaging.audit import VIEWS
from chassis.messaging.outgoing import Outgoing
from chassis.messaging.relay import measure
from chassis.messaging.unit import Units
from chassis.messaging.unsendable import OPEN, prune
from chassis.runtime.clock import Clock
from chassis.runtime.database import Pool
from chassis.runtime.settings import ServiceSettings
from contracts.topics import DEAD_LETTERS
from contracts.unsendable import UnsendableClosed
from testkit.http import client
from testkit.producer import FakeProducer
from testkit.records import FakeRecord, Letter
from testkit.time import eventually

from .messages import do
from .test_relay import left, running, until_empty, write

WHY = {"why": "The topic takes 4 MiB now."}
IDS = "SELECT unsendable_id FROM unsendable"
BIG = b"x" * 100_000


def command(order_id: str, value: bytes) -> Outgoing:
    headers = [*do(order_id).headers, ("strange", b"\xff" * 50_000)]
    return Outgoing("numbers.commands", order_id.encode(), value, headers)


class Topic(FakeProducer):
    """A broker whose topics take values of so many bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit
        self.fails_later = self._too_large

    def _too_large(self, record: FakeRecord) -> Exception | None:
        return MessageSizeTooLargeError() if len(record.value or b"") > self.limit else None

    def letters(self) -> list[Letter]:
        return [
            Letter(one.topic, one.key, one.value, one.headers) for one in self.received if one.topic == "dead-letters"
        ]

    def values(self) -> list[bytes | None]:
        return [one.value for one in self.received if one.topic != "dead-letters"]


@pytest.fixture
async def operator(pool: Pool, database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    units, settings = Units(pool, "toy", Clock()), ServiceSettings(database_url=database_url)
    principals = Principals({"olivia": sha256("key")}, local_keyring(pool))
    async with client(make_api("toy", settings=settings, units=units, principals=principals), "key") as asking:
        yield asking


async def set_aside(pool: Pool, url: str, row: Outgoing) -> tuple[Topic, Any]:
    """What the broker got because of a row that it will never take, and where the row is now."""
    topic = Topic(8_000)
    await write(pool, row)
    async with running(url, topic):
        await until_empty(pool)
    (found,) = await pool.fetch("SELECT * FROM unsendable")
    return topic, found


async def test_it_is_set_aside_and_everything_else_goes_out_once(pool: Pool, database_url: str) -> None:
    rows = [command("o-1", b"%d" % number) for number in range(40)]
    rows[20] = command("o-1", BIG)
    topic = Topic(8_000)
    await write(pool, *rows)
    async with running(database_url, topic):
        await until_empty(pool)
        await write(pool, command("o-1", b"later"))
        await until_empty(pool)
    assert topic.values() == [b"%d" % number for number in range(40) if number != 20] + [b"later"]
    (row,) = await pool.fetch("SELECT * FROM unsendable")
    assert (row["topic"], row["key"], row["value"], row["state"]) == ("numbers.commands", b"o-1", BIG, "open")
    assert row["headers"] == outbox.headers_to_text(command("o-1", BIG).headers)


async def test_its_dead_letter_is_small_and_says_which_message_it_is(pool: Pool, database_url: str) -> None:
    topic, row = await set_aside(pool, database_url, command("o-1", BIG * 10))
    (letter,) = topic.letters()
    assert letter.key == b"o-1"
    assert len(letter.value or b"") + sum(len(name) + len(value or b"") for name, value in letter.headers) < 20_000
    told = letter.texts
    assert (told["dl-id"], told["dl-service"], told["dl-error-code"]) == (row["unsendable_id"], "toy", "unsendable")
    assert (told["dl-source-topic"], told["dl-value-bytes"]) == ("numbers.commands", "1000000")
    assert told["dl-error-message"].startswith("ReserveNumbers cannot be sent on 'numbers.commands': larger than")
    assert (told["ce_step"], told["ce_direction"]) == ("reserve numbers", "do")
    assert "strange" not in told


async def test_a_key_that_is_too_large_does_not_make_its_letter_too_large(pool: Pool, database_url: str) -> None:
    key = b"\x01" * 400_000
    topic, row = await set_aside(pool, database_url, Outgoing("orders.rejections", key, BIG, []))
    (letter,) = topic.letters()
    assert (len(letter.key or b""), row["key"]) == (1024, key)


async def test_a_letter_that_cannot_be_sent_itself_has_no_letter(pool: Pool, database_url: str) -> None:
    """Else there would be letters of letters for ever."""
    topic = Topic(100)
    await write(pool, command("o-1", BIG))
    async with running(database_url, topic):
        await until_empty(pool)
    rows = await pool.fetch("SELECT topic FROM unsendable ORDER BY set_aside_at")
    assert [row["topic"] for row in rows] == ["numbers.commands", DEAD_LETTERS.name]
    assert topic.received == []


async def test_what_is_no_record_is_set_aside_too(pool: Pool, database_url: str) -> None:
    topic = Topic(8_000)
    await write(pool, command("o-1", b"before"), command("o-1", b"broken"), command("o-1", b"after"))
    await pool.execute("UPDATE outbox SET headers = 'no JSON' WHERE value = 'broken'")
    async with running(database_url, topic):
        await until_empty(pool)
    assert topic.values() == [b"before", b"after"]
    (letter,) = topic.letters()
    assert letter.texts["dl-error-message"].startswith("a message cannot be sent on 'numbers.commands': no record can")


async def test_a_broker_that_is_away_sets_nothing_aside(pool: Pool, database_url: str) -> None:
    topic, refused = Topic(8_000), []

    def away(_: FakeRecord) -> Exception:
        refused.append(1)
        return KafkaConnectionError()

    topic.fails_at_once = away
    rows = [command(f"o-{number}", b"%d" % number) for number in range(20)]
    await write(pool, *rows)
    async with running(database_url, topic):

        async def tried() -> bool:
            return len(refused) > 20

        await eventually(tried)
        assert len(await left(pool)) == 20
        topic.fails_at_once = lambda _: None
        await until_empty(pool)
    assert sorted(map(str, topic.values())) == sorted(str(one.value) for one in rows)
    assert await pool.fetchval("SELECT count(*) FROM unsendable") == 0


async def test_an_operator_releases_it_and_it_goes_out_as_it_was(
    pool: Pool, database_url: str, operator: httpx.AsyncClient
) -> None:
    _, row = await set_aside(pool, database_url, command("o-1", BIG))
    answer = await operator.post(f"/unsendable/{row['unsendable_id']}/release", json=WHY)
    assert answer.json() == {"unsendable_id": row["unsendable_id"], "state": "released"}
    larger = Topic(10**6)
    async with running(database_url, larger):
        await until_empty(pool)
    assert [(one.key, one.value, one.headers) for one in larger.received[:1]] == [
        (b"o-1", BIG, command("o-1", BIG).headers)
    ]
    (closed,) = larger.letters()
    assert isinstance(closed.message, UnsendableClosed)
    assert (closed.key, closed.message.unsendable_id) == (b"o-1", row["unsendable_id"])
    assert (closed.message.outcome, closed.message.who, closed.message.why) == ("released", "olivia", WHY["why"])
    kept = await pool.fetchrow("SELECT state, closed_by, why FROM unsendable")
    assert tuple(kept) == ("released", "olivia", WHY["why"])


async def test_what_was_discarded_is_never_sent(pool: Pool, database_url: str, operator: httpx.AsyncClient) -> None:
    _, row = await set_aside(pool, database_url, command("o-1", BIG))
    await operator.post(f"/unsendable/{row['unsendable_id']}/discard", json=WHY)
    larger = Topic(10**6)
    async with running(database_url, larger):
        await until_empty(pool)
    (closed,) = larger.letters()
    assert isinstance(closed.message, UnsendableClosed)
    assert (closed.message.outcome, larger.values()) == ("discarded", [])
    assert (await pool.fetchval("SELECT value FROM unsendable")) == BIG


@pytest.mark.parametrize("again", ["release", "discard"])
async def test_nobody_decides_twice(pool: Pool, database_url: str, operator: httpx.AsyncClient, again: str) -> None:
    _, row = await set_aside(pool, database_url, command("o-1", BIG))
    where = f"/unsendable/{row['unsendable_id']}"
    await operator.post(f"{where}/release", json=WHY)
    before = await left(pool)
    answer = await operator.post(f"{where}/{again}", json={"why": "Once more."})
    assert (answer.status_code, answer.json()["code"]) == (409, "closed")
    assert answer.json()["title"] == "The message was released already; nothing was done."
    assert "olivia" in answer.json()["detail"]
    assert await left(pool) == before


async def test_operators_see_what_waits_for_them_and_nobody_else_does(
    pool: Pool, database_url: str, operator: httpx.AsyncClient
) -> None:
    _, row = await set_aside(pool, database_url, command("o-1", BIG))
    where = f"/unsendable/{row['unsendable_id']}"
    (line,) = (await operator.get("/unsendable")).json()
    assert line["unsendable_id"] == row["unsendable_id"]
    assert (line["key"], line["bytes"], line["state"]) == ("o-1", 100_000, "open")
    whole = (await operator.get(where)).json()
    assert (whole["headers"]["ce_step"], len(whole["value"])) == ("reserve numbers", 20_000)
    for asked in (operator.get("/unsendable/none"), operator.post("/unsendable/none/release", json=WHY)):
        assert (await asked).json()["code"] == "no-such-unsendable-message"
    assert (await operator.post(f"{where}/discard", json={"why": ""})).status_code == 422
    operator.headers["authorization"] = "Bearer somebody"
    for answer in (await operator.get("/unsendable"), await operator.post(f"{where}/discard", json=WHY)):
        assert answer.status_code == 401
    assert await pool.fetchval("SELECT state FROM unsendable") == "open"


async def test_it_is_counted_and_shown_to_the_invariants_until_somebody_decides(
    pool: Pool, database_url: str, operator: httpx.AsyncClient
) -> None:
    _, row = await set_aside(pool, database_url, command("o-1", BIG))
    shown = await pool.fetch(VIEWS["audit_messages"])
    assert [(one["place"], one["key"], one["cause"]) for one in shown] == [
        ("unsendable", "o-1", f"unsendable {row['unsendable_id']}")
    ]
    await measure(pool, "toy")
    assert OPEN.labels("toy")._value.get() == 1
    await operator.post(f"/unsendable/{row['unsendable_id']}/discard", json=WHY)
    await measure(pool, "toy")
    assert OPEN.labels("toy")._value.get() == 0


async def test_what_was_closed_is_forgotten_after_the_replay_horizon_and_what_is_open_never(
    pool: Pool, database_url: str, operator: httpx.AsyncClient
) -> None:
    for _ in range(3):
        await set_aside_more(pool, database_url)
    ids = [
        row["unsendable_id"] for row in await pool.fetch("SELECT unsendable_id FROM unsendable ORDER BY set_aside_at")
    ]
    for one in ids[:2]:
        await operator.post(f"/unsendable/{one}/discard", json=WHY)
    await pool.execute("UPDATE unsendable SET set_aside_at = now() - interval '90 days'")
    long_ago = "UPDATE unsendable SET closed_at = now() - interval '31 days' WHERE unsendable_id = $1"
    await pool.execute(long_ago, ids[0])
    await prune(pool)
    assert {row["unsendable_id"] for row in await pool.fetch(IDS)} == set(ids[1:])


async def set_aside_more(pool: Pool, url: str) -> None:
    await write(pool, command("o-1", BIG))
    async with running(url, Topic(8_000)):
        await until_empty(pool)

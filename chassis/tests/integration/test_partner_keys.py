"""The local copy of the partners' keys: the newest fact of each key wins, however they come."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from chassis.facts import partner_keys
from chassis.messaging.service import Service
from contracts import topics
from contracts.bounds import CLOCKS_DIFFER
from contracts.partners import PartnerKey
from testkit.largest import largest
from testkit.records import FakeRecord, record_of
from testkit.time import EPOCH as TEST_TIME

from .conftest import Toy

EPOCH = TEST_TIME - timedelta(days=3_650)  # no fact is of the future


@pytest.fixture
def service() -> Service:
    service = Service("toy", listens_to=[topics.PARTNERS_KEYS])
    service.on_batch(PartnerKey)(partner_keys.keep)
    return service


def key(minutes: int = 0, key_id: str = "k1", **facts: Any) -> PartnerKey:
    plain = {"partner_id": "p-ada", "name": "portal", "scopes": ("orders:read", "orders:write"), "verifier": "a" * 64}
    return PartnerKey(key_id=key_id, changed_at=EPOCH + timedelta(minutes=minutes), **{**plain, **facts})


def said(fact: PartnerKey, message_id: str) -> FakeRecord:
    return record_of(fact, message_id)


async def test_a_key_is_kept_as_it_was_told(toy: Toy, service: Service):
    told = key(expires_at=EPOCH, kind="application")
    await toy.boundary(service).handle([said(told, "m1")])
    assert await partner_keys.find(toy.pool, "k1") == told
    assert await partner_keys.find(toy.pool, "k2") is None


async def test_of_several_facts_in_one_batch_the_newest_wins(toy: Toy, service: Service):
    revoked = key(2, revoked_at=EPOCH)
    batch = [said(key(1), "m1"), said(revoked, "m2"), said(key(0), "m3"), said(key(5, "k0"), "m4")]
    await toy.boundary(service).handle(batch)
    assert await partner_keys.find(toy.pool, "k1") == revoked
    assert await toy.letters() == []


async def test_an_older_fact_that_comes_late_changes_nothing(toy: Toy, service: Service):
    revoked = key(2, revoked_at=EPOCH)
    boundary = toy.boundary(service)
    await boundary.handle([said(revoked, "m1")])
    await boundary.handle([said(key(1), "m2")])
    assert await partner_keys.find(toy.pool, "k1") == revoked


async def test_a_fact_that_is_said_again_changes_nothing_and_a_newer_one_does(toy: Toy, service: Service):
    boundary = toy.boundary(service)
    for message_id in ("m1", "m2"):
        await boundary.handle([said(key(1), message_id)])
    fewer = key(2, scopes=())
    await boundary.handle([said(fewer, "m3")])
    assert await partner_keys.find(toy.pool, "k1") == fewer


async def test_a_fact_under_another_key_than_its_own_is_a_dead_letter(toy: Toy, service: Service):
    record = said(key(), "m1")
    record.key = b"k2"
    await toy.boundary(service).handle([record])
    (letter,) = await toy.letters(topics.DEAD_LETTERS.name)
    assert letter.texts["dl-error-code"] == "message-not-readable"
    assert await partner_keys.find(toy.pool, "k1") is None


async def test_a_service_whose_database_was_not_migrated_yet_knows_a_key_when_it_is_told_again(
    toy: Toy, service: Service
):
    """The first fact becomes a dead letter that names the table; its issuer repeats itself."""
    boundary = toy.boundary(service)
    await toy.pool.execute("ALTER TABLE partner_keys RENAME TO not_there_yet")
    try:
        await boundary.handle([said(key(), "m1")])
    finally:
        await toy.pool.execute("ALTER TABLE not_there_yet RENAME TO partner_keys")
    (letter,) = await toy.letters(topics.DEAD_LETTERS.name)
    assert "partner_keys" in letter.texts["dl-error-message"]
    assert await partner_keys.find(toy.pool, "k1") is None
    await boundary.handle([said(key(), "m2")])
    assert await partner_keys.find(toy.pool, "k1") == key()


async def refused(toy: Toy) -> str:
    (letter,) = await toy.letters(topics.DEAD_LETTERS.name)
    assert letter.texts["dl-error-code"] == "message-not-readable"
    return letter.texts["dl-error-message"]


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23"])
async def test_a_fact_of_the_ends_of_time_is_a_dead_letter(toy: Toy, service: Service, when: str):
    record = said(key(), "m1")
    record.value = json.dumps(json.loads(record.value or b"") | {"changed_at": when}).encode()
    await toy.boundary(service).handle([record])
    assert "/changed_at" in await refused(toy)
    assert await partner_keys.find(toy.pool, "k1") is None


async def test_a_fact_of_the_future_is_a_dead_letter_and_one_of_a_fast_clock_is_not(toy: Toy, service: Service):
    soon, far = datetime.now(UTC) + CLOCKS_DIFFER / 2, datetime.now(UTC) + 2 * CLOCKS_DIFFER
    true = key().model_copy(update={"changed_at": soon})
    forged = key(revoked_at=EPOCH).model_copy(update={"changed_at": far})
    await toy.boundary(service).handle([said(true, "m1"), said(forged, "m2")])
    assert "yet to come" in await refused(toy)
    assert await partner_keys.find(toy.pool, "k1") == true


@pytest.mark.parametrize("when", ["infinity", "9998-12-31"])
async def test_a_row_of_the_future_that_is_there_already_yields_to_the_next_fact(toy: Toy, service: Service, when: str):
    boundary = toy.boundary(service)
    await boundary.handle([said(key(1, revoked_at=EPOCH), "m1")])
    await toy.pool.execute(f"UPDATE partner_keys SET changed_at = '{when}'")
    await boundary.handle([said(key(2), "m2")])
    assert await partner_keys.find(toy.pool, "k1") == key(2)


async def test_a_row_that_cannot_be_read_is_a_key_that_is_not_known_and_counted(toy: Toy, service: Service):
    await toy.boundary(service).handle([said(key(1), "m1"), said(key(1, "k2"), "m2")])
    await toy.pool.execute("UPDATE partner_keys SET changed_at = 'infinity' WHERE key_id = 'k1'")
    before = left_out()
    assert await partner_keys.find(toy.pool, "k1") is None
    assert left_out() == before + 1
    assert await partner_keys.find(toy.pool, "k2") == key(1, "k2")


async def test_the_largest_legal_key_is_kept_and_read(toy: Toy, service: Service):
    one = largest(PartnerKey).model_copy(update={"changed_at": EPOCH, "name": "n" * 80, "key_id": "k1"})
    one = one.model_copy(update={"partner_id": "p" * 128})
    await toy.boundary(service).handle([said(one, "m1")])
    assert await partner_keys.find(toy.pool, "k1") == one


def left_out() -> float:
    return REGISTRY.get_sample_value("facts_left_out_total", {"fact": "PartnerKey"}) or 0.0

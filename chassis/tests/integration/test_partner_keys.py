"""The local copy of the partners' keys: the newest fact of each key wins, however they come."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.facts import partner_keys
from chassis.messaging.service import Service
from contracts import topics
from contracts.partners import PartnerKey
from testkit.records import FakeRecord, record_of
from testkit.time import EPOCH

from .conftest import Toy


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

"""What others tell of our keys on `partners.keys` does not last: the owner's word is newer."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from prometheus_client import REGISTRY

from contracts.bounds import CLOCKS_DIFFER
from contracts.partners import PartnerKey

from .desk import Desk
from .test_keys import KEYS, WHY, facts, id_of

pytestmark = pytest.mark.integration
SOON = CLOCKS_DIFFER / 2


async def told(desk: Desk) -> PartnerKey:
    """All keys are told: there is one."""
    await desk.parts.start()
    (fact,) = await facts(desk)
    return fact


def contradicted() -> float:
    return REGISTRY.get_sample_value("facts_contradicted_total", {"fact": "PartnerKey"}) or 0.0


@pytest.mark.parametrize("ahead", [timedelta(0), SOON], ids=["of now", "of soon"])
async def test_a_forged_revocation_is_contradicted_at_once(desk: Desk, ada_key: str, ahead: timedelta) -> None:
    true, before = await told(desk), contradicted()
    now = datetime.now(UTC)
    forged = true.model_copy(update={"revoked_at": now, "changed_at": now + ahead})
    await desk.tell(forged, "m1")
    (again,) = await facts(desk)
    assert again.changed_at > forged.changed_at
    assert again == true.model_copy(update={"changed_at": again.changed_at})
    assert contradicted() == before + 1
    await desk.tell(again, "m2")
    assert await facts(desk) == []


async def test_a_forgery_of_the_date_of_the_fact_itself_is_contradicted_too(desk: Desk, ada_key: str) -> None:
    true = await told(desk)
    await desk.tell(true.model_copy(update={"scopes": ()}), "m1")
    (again,) = await facts(desk)
    assert (again.scopes, again.changed_at > true.changed_at) == (true.scopes, True)


async def test_a_revocation_after_a_forgery_of_soon_is_newer_than_all(
    desk: Desk, operator: httpx.AsyncClient, ada_key: str
) -> None:
    true = await told(desk)
    await desk.tell(true.model_copy(update={"scopes": (), "changed_at": datetime.now(UTC) + SOON}), "m1")
    (again,) = await facts(desk)
    await operator.post(f"{KEYS}/{id_of(ada_key)}/revoke", json=WHY)
    (revoked,) = await facts(desk)
    assert revoked.revoked_at is not None
    assert revoked.changed_at > again.changed_at


async def test_an_older_word_of_ours_that_comes_late_is_no_forgery(
    desk: Desk, operator: httpx.AsyncClient, ada_key: str
) -> None:
    true = await told(desk)
    await operator.post(f"{KEYS}/{id_of(ada_key)}/revoke", json=WHY)
    (revoked,) = await facts(desk)
    for number, fact in enumerate([true, revoked, revoked]):
        await desk.tell(fact, f"m{number}")
    assert await facts(desk) == []


async def test_a_key_that_nobody_issued_is_told_to_be_revoked(desk: Desk, ada_key: str) -> None:
    now = datetime.now(UTC)
    minted = PartnerKey(key_id="forged09", partner_id="p-ada", scopes=("ops:read",), verifier="0" * 64, changed_at=now)
    await desk.tell(minted, "m1")
    (revoked,) = await facts(desk)
    assert (revoked.key_id, revoked.revoked_at is not None) == ("forged09", True)
    assert revoked.changed_at > minted.changed_at
    await desk.tell(revoked, "m2")
    assert await facts(desk) == []


async def test_each_telling_is_newer_than_what_was_forged_before_it(desk: Desk, ada_key: str) -> None:
    first = await told(desk)
    forged = first.model_copy(update={"scopes": (), "changed_at": datetime.now(UTC)})
    again = await told(desk)
    assert again.changed_at > forged.changed_at
    assert again.scopes == first.scopes

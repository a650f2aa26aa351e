"""Who asks, by the key: partners, operators, technicians, and applications that act for a named person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.http.keyring import MOST, Keyring
from chassis.http.principals import Principal, Principals, sha256
from chassis.http.problems import Problem
from chassis.runtime.settings import ServiceSettings
from contracts.partners import PARTNER_HAS, SCOPES, PartnerKey

NOW = datetime.now(UTC)


def key(**facts: Any) -> PartnerKey:
    plain = {"partner_id": "p-ada", "scopes": ("orders:read", "orders:write"), "verifier": sha256("secret")}
    return PartnerKey(key_id="k1", changed_at=NOW, **{**plain, **facts})


def settings(**keys: Any) -> ServiceSettings:
    return ServiceSettings(database_url="postgresql://nowhere/none", operator_keys=keys)


def principals(known: PartnerKey | None = None, **ours: Any) -> Principals:
    async def find(key_id: str) -> PartnerKey | None:
        return known if known and known.key_id == key_id else None

    return Principals(settings(**ours).operator_keys, Keyring(find))


async def found(who: Principals, secret: str, person: str | None = None) -> Principal:
    return await who.find(f"Bearer {secret}", person)


async def refused(who: Principals, authorization: str, person: str | None = None) -> tuple[int, str]:
    with pytest.raises(Problem) as problem:
        await who.find(authorization, person)
    assert problem.value.status != 401 or problem.value.headers == {"www-authenticate": "Bearer"}
    return problem.value.status, problem.value.code


async def test_a_partner_has_the_scopes_of_its_key_and_its_own_data():
    partner = await found(principals(key()), "dt_k1_secret")
    assert (partner.kind, partner.partner_id, partner.who) == ("partner", "p-ada", "p-ada")
    assert partner.scopes == {"orders:read", "orders:write"}
    assert [partner.may_see(one) for one in ("p-ada", "p-bea", "")] == [True, False, False]
    assert not partner.written_down


async def test_a_partner_can_never_operate_whatever_a_fact_says():
    partner = await found(principals(key(scopes=SCOPES)), "dt_k1_secret")
    assert partner.scopes == {scope for scope in SCOPES if not scope.startswith("ops:")}
    assert partner.scopes > PARTNER_HAS


async def test_an_operator_is_a_name_and_a_hash_and_may_do_all():
    operator = await found(principals(olga=sha256("key")), "key")
    assert (operator.kind, operator.who, operator.partner_id) == ("operator", "olga", None)
    assert operator.scopes == set(SCOPES)
    assert operator.may_see("p-ada")
    assert operator.written_down


async def test_a_technician_works_tickets():
    ours = {"theo": {"sha256": sha256("key"), "kind": "technician"}}
    technician = await found(principals(**ours), "key")
    assert technician.scopes == {"tickets:read", "tickets:write", "orders:read", "numbers:read"}


async def test_a_key_of_ours_may_be_given_fewer_scopes():
    ours = {"auditor": {"sha256": sha256("key"), "scopes": ["ops:read"]}}
    assert (await found(principals(**ours), "key")).scopes == {"ops:read"}


@pytest.mark.parametrize(
    "wrong",
    [
        "not a hash",
        {"sha256": "x"},
        {"sha256": sha256("k"), "kind": "partner"},
        {"sha256": sha256("k"), "scopes": ["all"]},
    ],
)
def test_keys_of_ours_that_make_no_sense_stop_the_start(wrong: Any):
    with pytest.raises(ValueError, match="operator_keys"):
        settings(olga=wrong)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "bearer  ", "Basic abc", "dt_k1_secret"])
async def test_without_a_bearer_there_is_no_key(header: str):
    assert await refused(principals(key()), header) == (401, "no-key")


@pytest.mark.parametrize(
    "secret", ["dt_k1_wrong", "dt_k2_secret", "dt_k1", "dt__secret", "xx_k1_secret", "dt_a\0b_s", "k", "dt_ké1_secret"]
)
async def test_a_key_that_is_none_opens_nothing(secret: str):
    assert await refused(principals(key(), olga=sha256("key")), f"Bearer {secret}") == (401, "unknown-key")


async def test_who_holds_a_revoked_or_expired_key_is_told_why():
    revoked, expired = key(revoked_at=NOW), key(expires_at=NOW - timedelta(seconds=1))
    assert await refused(principals(revoked), "Bearer dt_k1_secret") == (401, "revoked-key")
    assert await refused(principals(expired), "Bearer dt_k1_secret") == (401, "expired-key")
    assert await refused(principals(revoked), "Bearer dt_k1_guess") == (401, "unknown-key")
    assert await found(principals(key(expires_at=NOW + timedelta(days=1))), "dt_k1_secret")


@pytest.mark.parametrize("of_settings", [True, False])
async def test_an_application_acts_for_a_person_who_is_named(*, of_settings: bool):
    ours = {"console": {"sha256": sha256("key"), "kind": "application", "scopes": ["ops:write"]}}
    theirs = key(kind="application", name="helpdesk")
    who = principals(None, **ours) if of_settings else principals(theirs)
    acting = await found(who, "key" if of_settings else "dt_k1_secret", "  Grace   Hopper ")
    name = "console" if of_settings else "helpdesk of p-ada"
    assert (acting.kind, acting.person, acting.who) == ("application", "Grace Hopper", f"Grace Hopper by {name}")
    assert acting.partner_id == (None if of_settings else "p-ada")
    assert acting.written_down


@pytest.mark.parametrize("person", [None, "", "  ", "x" * 81, "a\x07b", "a\u200bb"])
async def test_an_application_that_names_nobody_is_refused(person: str | None):
    who = principals(key(kind="application"))
    assert await refused(who, "Bearer dt_k1_secret", person) == (400, "person-needed")


async def test_nobody_else_acts_for_a_person():
    assert await refused(principals(key()), "Bearer dt_k1_secret", "Grace") == (400, "acts-for-nobody")
    assert await refused(principals(olga=sha256("key")), "Bearer key", "Grace") == (400, "acts-for-nobody")


async def test_a_keyring_asks_once_and_forgets_what_it_is_told_to():
    asked: list[str] = []

    async def find(key_id: str) -> PartnerKey | None:
        asked.append(key_id)
        return key() if key_id == "k1" else None

    keyring = Keyring(find)
    for _ in range(3):
        assert await keyring.find("k1") == key()
        assert await keyring.find("k2") is None
    assert asked == ["k1", "k2"]
    keyring.forget("k1")
    await keyring.find("k1")
    assert asked == ["k1", "k2", "k1"]


async def test_an_id_that_is_too_long_to_be_one_is_not_looked_for():
    async def find(_: str) -> PartnerKey | None:
        raise AssertionError

    assert await Keyring(find).find("k" * 41) is None
    assert await refused(Principals({}, Keyring(find)), f"Bearer dt_{'k' * 10_000}_s") == (401, "unknown-key")


async def test_who_guesses_ids_pushes_no_key_out():
    asked: list[str] = []

    async def find(key_id: str) -> PartnerKey | None:
        asked.append(key_id)
        return key() if key_id == "k1" else None

    keyring = Keyring(find)
    await keyring.find("k1")
    for number in range(MOST + 1):
        await keyring.find(f"guess{number}")
    await keyring.find("k1")
    assert asked.count("k1") == 1


async def test_a_database_that_is_away_verifies_nothing_and_breaks_nothing():
    async def away() -> list[str]:
        raise ConnectionError

    async def find(_: str) -> PartnerKey | None:
        raise AssertionError

    who = Principals({"olga": sha256("key")}, Keyring(find, away))
    assert not await who.verifies("dt_k1_secret")
    assert await who.verifies("key")
    assert not await who.verifies("")

"""Orders against a simulator that fails: whatever happens, nothing is built twice and nothing is left behind."""

from dataclasses import replace
from typing import Any

import pytest

from broadsoft_provisioner.application.provisioner import Provisioned, Provisioner
from broadsoft_provisioner.application.undoing import UndoRefused
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import Refused
from broadsoft_provisioner.domain.turns import TurnOver
from broadsoft_provisioner.soap.client import Endpoint, Timeouts
from broadsoft_provisioner.soap.faults import LoginRefused, NoBackEnd, ReadRefused, ReplyLost, Unreachable
from broadsoft_provisioner.soap.login import Credentials
from broadsoft_provisioner.soap.platform import BroadWorks
from broadsoft_provisioner.soap.pool import SessionPool
from chassis.runtime.patience import Patience

from ..fakes import Ledgers

DOCUMENTS = ("SystemDomainAddRequest", "GroupAddRequest", "UserAddRequest22V2", "UserServiceAssignListRequest")
UNDO = "UserDeleteRequest"
KINDS = ("timeout-after", "reset", "html-503", "empty-503", "soap-fault", "session-expiry")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("command", DOCUMENTS)
async def test_a_failed_document_is_made_good(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any, command: str, kind: str
) -> None:
    await admin.fault(command, kind, seconds=1.2)
    result = await provisioner.provision(order(), ledgers.of("o-1"))
    assert isinstance(result, Provisioned), result
    assert (result.effects, len(result.users)) == (22, 5)
    await provisioner.remove(ledgers.of("o-1"))
    assert (await admin.state())["enterprises"] == {}


async def test_a_crash_before_the_ledger_heard_of_the_end_changes_nothing(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    result = await provisioner.provision(order(), ledgers.of("o-1"))
    built = await admin.enterprise()
    ledgers.entries = {place: replace(entry, state="intended") for place, entry in ledgers.entries.items()}
    assert await provisioner.provision(order(), ledgers.of("o-1")) == result
    assert await admin.enterprise() == built


async def test_an_order_given_up_between_two_documents_can_be_taken_back(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    await admin.fault("UserServiceAssignListRequest", "reset", times=None)
    with pytest.raises(ReplyLost):
        await provisioner.provision(order(), ledgers.of("o-1"))
    await provisioner.remove(ledgers.of("o-1"))
    assert (await admin.state())["enterprises"] == {}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_failed_undo_is_made_good(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any, kind: str
) -> None:
    await provisioner.provision(order(), ledgers.of("o-1"))
    await admin.fault(UNDO, kind, seconds=1.2)
    assert await provisioner.remove(ledgers.of("o-1")) == 22
    assert (await admin.state())["enterprises"] == {}


@pytest.mark.parametrize(
    ("command", "number", "text", "code"),
    [
        ("UserAddRequest22V2", "4909", "Invalid extension.", "broadworks-refused"),
        ("GroupAddRequest", "7001", "Something nobody has seen", "broadworks-unclear"),
        ("ServiceProviderDnAddListRequest", "7002", "The number already exists in the system", "broadworks-conflict"),
        ("GroupServiceAssignListRequest", "7003", "Service not found", "broadworks-prerequisite-missing"),
    ],
)
async def test_a_refusal_is_a_value_and_what_was_done_can_be_taken_back(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any, command: str, number: str, text: str, code: str
) -> None:
    await admin.fault(command, "error", times=None, code=number, text=text)
    refused = await provisioner.provision(order(), ledgers.of("o-1"))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.operation, refused.oci_code) == (code, command, number)
    assert text in refused.reason
    await provisioner.remove(ledgers.of("o-1"))
    assert (await admin.state())["enterprises"] == {}


async def test_a_refusal_delivered_again_is_refused_again(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    await admin.fault("UserAddRequest22V2", "error", times=None, code="4909", text="Invalid extension.")
    first = await provisioner.provision(order(), ledgers.of("o-1"))
    second = await provisioner.provision(order(), ledgers.of("o-1"))
    assert first == second


async def test_a_user_somewhere_else_under_our_id_is_a_conflict_and_survives_the_undo(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    await provisioner.provision(order("o-0", "HQ"), ledgers.of("o-0"))
    taken = order("o-1", "hq", enterprise=False, first=200)
    refused = await provisioner.provision(taken, ledgers.of("o-1"))
    assert isinstance(refused, Refused)
    assert (refused.code, refused.oci_code) == ("broadworks-conflict", "4200")
    await provisioner.remove(ledgers.of("o-1"))
    groups = (await admin.enterprise())["groups"]
    assert list(groups) == ["HQ"]
    assert len(groups["HQ"]["users"]) == 5


async def test_a_back_end_that_stays_away_is_transient_and_the_order_goes_on_later(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    await admin.fault("GroupAddRequest", "soap-fault", times=None, text="NO_OCS_CONNECTION")
    with pytest.raises(NoBackEnd):
        await provisioner.provision(order(), ledgers.of("o-1"))
    await admin.http.delete("/admin/faults")
    assert isinstance(await provisioner.provision(order(), ledgers.of("o-1")), Provisioned)


async def test_a_read_that_is_refused_is_not_taken_for_emptiness(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    await admin.fault("ServiceProviderGetRequest22V4", "error", code="5404", text="Unauthorized transaction.")
    with pytest.raises(ReadRefused, match="5404"):
        await provisioner.provision(order(), ledgers.of("o-1"))
    assert await ledgers.of("o-1").entries() == ()


async def test_an_undo_that_is_refused_for_good_is_seen_by_a_person(
    provisioner: Provisioner, ledgers: Ledgers, admin: Any, order: Any
) -> None:
    await provisioner.provision(order(), ledgers.of("o-1"))
    await admin.fault("UserDeleteRequest", "error", times=None, text="Not today")
    with pytest.raises(UndoRefused, match="Not today"):
        await provisioner.remove(ledgers.of("o-1"))
    await admin.http.delete("/admin/faults")
    await provisioner.remove(ledgers.of("o-1"))
    assert (await admin.state())["enterprises"] == {}


@pytest.mark.parametrize(
    ("password", "settings", "code"), [("wrong", {}, "4962"), ("right", {"account_disabled": True}, "5202")]
)
async def test_a_refused_login_stops_everything(
    simulator: str, admin: Any, password: str, settings: dict[str, Any], code: str
) -> None:
    await admin.settings(**settings)
    secret = "s3cret-of-the-simulator" if password == "right" else password
    endpoint = Endpoint(simulator + "/webservice/services/ProvisioningService")
    pool = SessionPool(endpoint.connect, Credentials("dialtone", secret))
    broadworks = BroadWorks(pool, lambda: "", Patience(tries=4))
    for _ in range(2):
        with pytest.raises(LoginRefused, match=code):
            await broadworks.available()
    await pool.close()


async def test_the_newer_login_works_too(simulator: str, admin: Any) -> None:
    endpoint = Endpoint(simulator + "/OCIOverSoap/services/ProvisioningService")
    pool = SessionPool(endpoint.connect, Credentials("dialtone", "s3cret-of-the-simulator", "r22"))
    await BroadWorks(pool, lambda: "", Patience(tries=4)).available()
    await pool.close()


async def test_nobody_there_is_transient() -> None:
    pool = SessionPool(Endpoint("http://127.0.0.1:9/x", Timeouts(connect=1)).connect, Credentials("a", "b"))
    with pytest.raises(Unreachable):
        await BroadWorks(pool, lambda: "", Patience(tries=4)).available()


async def test_who_logs_in_anew_asks_again_whether_it_still_has_the_turn(pool: SessionPool, admin: Any) -> None:
    """The login takes its time, and the turn may be over meanwhile."""
    asked = 0

    async def once() -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise TurnOver

    add = Command("SystemDomainAddRequest", (("domain", "acme.example"),))
    await admin.fault(add.name, "session-expiry")
    with pytest.raises(TurnOver):
        await BroadWorks(pool, lambda: "", Patience()).permitted(once).send([add])
    assert asked == 2
    assert "acme.example" not in (await admin.state())["domains"]

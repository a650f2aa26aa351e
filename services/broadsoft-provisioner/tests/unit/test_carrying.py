from collections.abc import Sequence

import pytest

from broadsoft_provisioner.application.carrying import carry_out
from broadsoft_provisioner.domain import effects
from broadsoft_provisioner.domain.ledger import State, intents
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import Answer, Refused
from broadsoft_provisioner.domain.survey import Survey
from broadsoft_provisioner.soap.faults import ReplyLost
from chassis.runtime.patience import Patience
from contracts.broadsoft import Group

from ..fakes import FakeBroadWorks, Ledgers

GROUP = Group(group_id="HQ", name="Acme HQ", domain="acme.example", time_zone="America/New_York")
OWNER = effects.ids("ACME", "HQ")
EFFECTS = (
    effects.system_domain("acme.example"),
    effects.enterprise_numbers("ACME", ["+12025550101"]),
    effects.group("ACME", GROUP),
    effects.user(OWNER, "a@acme.example", "1001", "+12025550101", "", "Enterprise Basic"),
    effects.user(OWNER, "b@acme.example", "1002", "", "", "Enterprise Basic"),
)
KEYS = ("domain", "enterprise numbers", "group", "user 1001", "user 1002")


async def no_sleep(_: float) -> None:
    """Tests do not wait."""


PATIENCE = Patience(tries=3, sleep=no_sleep)


async def carried(
    platform: FakeBroadWorks, ledgers: Ledgers, *, resumed: bool = False
) -> tuple[Refused | None, dict[str, State]]:
    ledger = ledgers.of("o-1")
    if not resumed:
        await ledger.intend(intents("o-1", 1, EFFECTS), ())
    refused = await carry_out(await ledger.entries(), platform, ledger, PATIENCE, resumed=resumed)
    return refused, await ledger.states()


async def test_a_plain_run_reads_nothing_and_writes_the_ledger_once_before_and_once_after() -> None:
    platform, ledgers = FakeBroadWorks(), Ledgers()
    refused, states = await carried(platform, ledgers)
    assert refused is None
    assert states == dict.fromkeys(KEYS, "done")
    assert ledgers.log == ["intend 5", "settle 5"]
    assert (len(platform.sent), platform.looks) == (3, 0)


@pytest.mark.parametrize("document", [1, 2, 3])
@pytest.mark.parametrize("where", ["losses", "unsent"])
async def test_a_lost_reply_is_read_back_and_only_the_difference_is_sent(document: int, where: str) -> None:
    platform = FakeBroadWorks(**{where: {document}})  # type: ignore[arg-type]
    refused, states = await carried(platform, Ledgers())
    assert refused is None
    assert states == dict.fromkeys(KEYS, "done")
    assert len(platform.there) == 5
    assert platform.looks == 1
    assert len(platform.sent) == (3 if where == "losses" else 4)


async def test_replies_lost_again_and_again_are_transient_and_what_is_known_is_written() -> None:
    platform, ledgers = FakeBroadWorks(unsent={3, 4, 5}), Ledgers()
    with pytest.raises(ReplyLost):
        await carried(platform, ledgers)
    states = await ledgers.of("o-1").states()
    assert states == {**dict.fromkeys(KEYS[:3], "done"), **dict.fromkeys(KEYS[3:], "intended")}


async def test_a_redelivery_after_a_crash_goes_on_where_it_stood() -> None:
    platform, ledgers = FakeBroadWorks(), Ledgers()
    await ledgers.of("o-1").intend(intents("o-1", 1, EFFECTS), ())
    for effect in EFFECTS[:4]:
        platform.put(effect.do)
    refused, states = await carried(platform, ledgers, resumed=True)
    assert refused is None
    assert states == dict.fromkeys(KEYS, "done")
    assert platform.sent == [["UserAddRequest22V2"]]


async def test_a_clear_no_is_believed_and_nothing_after_it_is_sent() -> None:
    no = Answer("Error", "4909", "[Error 4909] Invalid extension.")
    platform = FakeBroadWorks(scripted={"GroupAddRequest": no})
    refused, states = await carried(platform, Ledgers())
    assert refused
    assert (refused.code, refused.operation, refused.oci_code) == ("broadworks-refused", "GroupAddRequest", "4909")
    assert states == {
        "domain": "done",
        "enterprise numbers": "done",
        "group": "intended",
        "user 1001": "intended",
        "user 1002": "intended",
    }
    assert platform.looks == 0


async def test_an_unknown_no_is_settled_by_what_is_there() -> None:
    platform = FakeBroadWorks(scripted={"GroupAddRequest": Answer("Error", "77", "The moon is full.")})
    refused, _ = await carried(platform, Ledgers())
    assert refused
    assert (refused.code, refused.oci_code) == ("broadworks-unclear", "77")
    assert platform.looks == 1


async def test_a_shared_thing_that_another_made_meanwhile_is_used_and_not_owned() -> None:
    platform = FakeBroadWorks()
    platform.put(EFFECTS[0].do)
    refused, states = await carried(platform, Ledgers())
    assert refused is None
    assert states["domain"] == "found"


async def test_a_user_that_another_made_meanwhile_is_a_conflict() -> None:
    platform, ledgers = FakeBroadWorks(), Ledgers()
    platform.put(EFFECTS[4].do)
    refused, states = await carried(platform, ledgers)
    assert refused
    assert refused.code == "broadworks-conflict"
    assert states["user 1002"] == "found"


async def test_a_warning_is_settled_by_what_is_there() -> None:
    platform = FakeBroadWorks(scripted={"UserAddRequest22V2": Answer("Warning", "1", "Only partly.")})
    platform.put(EFFECTS[3].do)
    refused, states = await carried(platform, Ledgers())
    assert refused is None
    assert states["user 1001"] == "done"


class Late(FakeBroadWorks):
    """Does the first effect between our look and our sending."""

    async def look(self, questions: Sequence[Command], seen: Survey | None = None) -> Survey:
        found = await super().look(questions, seen)
        self.put(EFFECTS[0].do)
        return found


async def test_what_a_lost_document_did_late_is_still_ours() -> None:
    """Its reply was lost, it was not there when we looked, and it was when we sent it again."""
    refused, states = await carried(Late(unsent={1}), Ledgers())
    assert refused is None
    assert states["domain"] == "done"


async def test_what_was_sent_before_a_crash_and_done_late_is_still_ours() -> None:
    ledgers = Ledgers()
    await ledgers.of("o-1").intend(intents("o-1", 1, EFFECTS), ())
    refused, states = await carried(Late(), ledgers, resumed=True)
    assert refused is None
    assert states["domain"] == "done"

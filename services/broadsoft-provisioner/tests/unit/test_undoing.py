from dataclasses import replace

import pytest

from broadsoft_provisioner.application.undoing import UndoRefused, take_back
from broadsoft_provisioner.domain import effects
from broadsoft_provisioner.domain.ledger import State, intents
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import Answer
from broadsoft_provisioner.domain.resources import shared
from chassis.runtime.patience import Patience
from contracts.broadsoft import Group

from ..fakes import FakeBroadWorks, Ledgers

GROUP = Group(group_id="HQ", name="Acme HQ", domain="acme.example", time_zone="America/New_York")
OWNER = effects.ids("ACME", "HQ")
DOMAIN = effects.system_domain("acme.example")
EFFECTS = (
    DOMAIN,
    effects.enterprise_numbers("ACME", ["+12025550101"]),
    effects.group("ACME", GROUP),
    effects.extension_length("ACME", "HQ", 4),
    effects.user(OWNER, "a@acme.example", "1001", "", "", "Enterprise Basic"),
    effects.user_services("a@acme.example", "1001", [], ["Enterprise Basic"]),
)
KEYS = tuple(effect.key for effect in EFFECTS)
PATIENCE = Patience(tries=3, first=0.0)


async def written(state: State) -> Ledgers:
    ledgers = Ledgers()
    entries = [replace(entry, state=state) for entry in intents("o-1", 1, EFFECTS)]
    await ledgers.of("o-1").intend(entries, ())
    return ledgers


def standing(**told: object) -> FakeBroadWorks:
    platform = FakeBroadWorks(**told)  # type: ignore[arg-type]
    for effect in (EFFECTS[0], EFFECTS[1], EFFECTS[2], EFFECTS[4]):
        platform.put(effect.do)
    return platform


async def test_everything_done_is_taken_back_in_one_document_in_the_order_of_undoing() -> None:
    platform, ledgers = standing(), await written("done")
    assert await take_back(platform, ledgers.of("o-1"), PATIENCE) == 6
    assert platform.sent == [
        [
            "UserDeleteRequest",
            "GroupDeleteRequest",
            "ServiceProviderDnDeleteListRequest",
            "SystemDomainDeleteRequest",
        ]
    ]
    assert platform.there == {}
    assert await ledgers.of("o-1").states() == dict.fromkeys(KEYS, "undone")


async def test_what_was_intended_and_never_happened_is_not_sent() -> None:
    platform, ledgers = FakeBroadWorks(), await written("intended")
    assert await take_back(platform, ledgers.of("o-1"), PATIENCE) == 0
    assert platform.sent == []
    assert await ledgers.of("o-1").states() == dict.fromkeys(KEYS, "undone")


async def test_a_second_undo_does_nothing() -> None:
    platform, ledgers = standing(), await written("done")
    await take_back(platform, ledgers.of("o-1"), PATIENCE)
    assert await take_back(platform, ledgers.of("o-1"), PATIENCE) == 0
    assert len(platform.sent) == 1


@pytest.mark.parametrize("where", ["losses", "unsent"])
async def test_a_lost_reply_of_an_undo_is_read_back(where: str) -> None:
    platform, ledgers = standing(**{where: {1}}), await written("done")
    assert await take_back(platform, ledgers.of("o-1"), PATIENCE) == 6
    assert platform.there == {}


async def test_not_found_on_an_undo_is_done() -> None:
    platform, ledgers = standing(), await written("done")
    platform.scripted["GroupDeleteRequest"] = Answer("Error", "4152", "Group not found: ACME:HQ")
    del platform.there[("GroupAddRequest", "HQ")]
    assert await take_back(platform, ledgers.of("o-1"), PATIENCE) == 6


async def test_what_another_order_relies_on_stays_until_that_order_is_gone() -> None:
    platform, ledgers = standing(), await written("done")
    ledgers.uses["o-2"] = set(shared(DOMAIN.do))
    assert await take_back(platform, ledgers.of("o-1"), PATIENCE) == 5
    assert (await ledgers.of("o-1").states())["domain"] == "kept"
    del ledgers.uses["o-2"]
    assert await take_back(platform, ledgers.of("o-1"), PATIENCE) == 1
    assert platform.there == {}


class Stubborn(FakeBroadWorks):
    """Refuses one undo for ever."""

    stubborn = ""

    def _answer(self, command: Command) -> Answer:
        return Answer("Error", "77", "It is in use.") if command.name == self.stubborn else super()._answer(command)


@pytest.mark.parametrize(
    ("command", "stays", "goes"),
    [
        ("SystemDomainDeleteRequest", "domain", "group"),
        ("UserDeleteRequest", "user 1001", "enterprise numbers"),
    ],
)
async def test_what_will_not_go_needs_a_person_shared_or_not_and_the_rest_is_taken_back(
    command: str, stays: str, goes: str
) -> None:
    platform, ledgers = Stubborn(standing().there), await written("done")
    platform.stubborn = command
    with pytest.raises(UndoRefused, match="in use"):
        await take_back(platform, ledgers.of("o-1"), PATIENCE)
    states = await ledgers.of("o-1").states()
    assert (states[stays], states[goes]) == ("done", "undone")
    assert sum(command in document for document in platform.sent) == PATIENCE.tries


async def test_a_refusal_that_passes_holds_up_nothing() -> None:
    platform, ledgers = standing(), await written("done")
    platform.scripted["SystemDomainDeleteRequest"] = Answer("Error", "77", "It is in use.")
    assert await take_back(platform, ledgers.of("o-1"), PATIENCE) == 6
    assert platform.there == {}


async def test_a_user_of_another_order_under_our_intended_id_is_left_alone() -> None:
    platform, ledgers = FakeBroadWorks(), await written("intended")
    other = effects.user(OWNER, "a@acme.example", "1001", "+12025550199", "", "Enterprise Basic")
    platform.put(other.do)
    await take_back(platform, ledgers.of("o-1"), PATIENCE)
    assert (await ledgers.of("o-1").states())["user 1001"] == "found"
    assert other.do in platform.there.values()

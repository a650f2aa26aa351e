import json
from collections.abc import Callable
from dataclasses import replace

from broadsoft_provisioner.domain import effects, ledger
from broadsoft_provisioner.domain.packages import Packages
from broadsoft_provisioner.domain.plan import Plan, plan
from broadsoft_provisioner.domain.resources import kept_from, shared
from broadsoft_provisioner.domain.survey import Survey
from contracts.broadsoft import ProvisionGroup

Order = Callable[..., ProvisionGroup]


def entries(order: Order, packages: Packages) -> tuple[ledger.Entry, ...]:
    made = plan(order(new_enterprise=True, numbers=("+12025550101",)), packages, Survey())
    assert isinstance(made, Plan)
    return ledger.intents("o-1", 1, made.effects)


def test_an_effect_comes_back_from_json_as_it_was(order: Order, packages: Packages) -> None:
    for entry in entries(order, packages):
        kept = json.loads(json.dumps(ledger.effect_json(entry.effect)))
        assert ledger.effect_of(entry.effect.key, kept) == entry.effect


def test_undoing_goes_from_users_to_numbers_to_groups_to_enterprises(order: Order, packages: Packages) -> None:
    names = [entry.effect.undo.name for entry in ledger.undo_order(entries(order, packages)) if entry.effect.undo]
    assert list(dict.fromkeys(names)) == [
        "UserServiceUnassignListRequest",
        "UserDeleteRequest",
        "GroupDnDeactivateListRequest",
        "GroupDnUnassignListRequest",
        "GroupServiceUnassignListRequest",
        "GroupServiceModifyAuthorizationListRequest",
        "GroupDeleteRequest",
        "ServiceProviderDnDeleteListRequest",
        "ServiceProviderServicePackDeleteRequest",
        "ServiceProviderServiceModifyAuthorizationListRequest",
        "ServiceProviderDeleteRequest",
        "SystemDomainDeleteRequest",
    ]


def test_the_reply_lists_the_users_that_were_made_with_extension_and_number(order: Order, packages: Packages) -> None:
    made = entries(order, packages)
    users = ledger.users([replace(entry, state="done") for entry in made])
    assert [(user.user_id, user.extension, user.number) for user in users] == [
        ("acme.hq.1001@acme.example", "1001", "+12025550101"),
        ("acme.hq.1002@acme.example", "1002", None),
    ]
    assert {user.package for user in users} == {"Enterprise Basic"}
    assert ledger.users([replace(entry, state="undone") for entry in made]) == ()


def test_what_others_rely_on_is_left_out_of_an_undo() -> None:
    effect = effects.enterprise_services("ACME", ["Call Park"], ["Call Notify"])
    assert effect.undo
    relied_on = {shared(effect.do)[0]}
    undo = kept_from(effect.undo, effect.do, relied_on)
    assert undo
    assert [tag for tag, _ in undo.elements] == ["serviceProviderId", "userServiceAuthorization"]
    assert kept_from(effect.undo, effect.do, set(shared(effect.do))) is None


def test_numbers_and_users_belong_to_one_order() -> None:
    assert shared(effects.enterprise_numbers("ACME", ["+12025550101"]).do) == ()
    assert shared(effects.user((), "u@a.example", "1001", "", "", "").do) == ()

"""What breaks invariant 2: things that stay, and things that are gone."""

from dialtone.invariants.broadworks import Enterprise, Group, GroupNumber, User
from dialtone.invariants.snapshot import Snapshot

from ..changes import Break, drop, edit, group, order
from ..made import a_given_number, a_number, an_account


def leave_a_number(at: Snapshot, owner: str) -> None:
    at.numbers.append(a_number("+7", owner, "held"))
    group(at).numbers["+7"] = GroupNumber()


def leave_a_number_in_the_enterprise(at: Snapshot) -> None:
    at.numbers.append(a_number("+7", "fallen", "held"))
    at.broadworks.enterprises["sp-1"].numbers.append("+7")


def leave_an_enterprise(at: Snapshot) -> None:
    order(at, "fallen", service_provider_id="sp-3")
    drop(at.workplaces, order_id="fallen")
    at.broadworks.enterprises["sp-3"] = Enterprise()
    at.accounts.append(an_account("e-3", "Enterprise", "sp-3", "fallen"))


def leave_a_user(at: Snapshot) -> None:
    order(at, "fallen", group_id="g-hosted")
    edit(at.workplaces, {"order_id": "fallen"}, group_id="g-hosted")
    edit(at.effects, {"user_id": "u-5"}, group_id="g-hosted")
    group(at).users["u-5"] = User()


def lose_a_group_before_the_pivot(at: Snapshot) -> None:
    order(at, "hosted", state="inProgress", phase="running", past_pivot=False)
    at.broadworks.enterprises["sp-1"].groups.clear()


def give_one_more_hosted_number(at: Snapshot, *, delivered: bool) -> None:
    at.order_numbers.append(a_given_number("hosted", "+6", delivered=delivered))


BREAKS = [
    Break(
        "2",
        "the ledger of fallen (held) has effects that were not undone",
        lambda at: edit(at.effects, {"order_id": "fallen", "key": "group"}, state="done"),
    ),
    Break(
        "2",
        "the ledger of fallen (held) has effects that were not undone",
        lambda at: edit(at.effects, {"order_id": "fallen", "key": "group"}, state="intended"),
    ),
    Break(
        "2",
        "group g-fallen is left in BroadWorks by fallen (held)",
        lambda at: at.broadworks.enterprises["sp-1"].groups.update({"g-fallen": Group()}),
    ),
    Break("2", "enterprise sp-3 is left in BroadWorks by fallen (held)", leave_an_enterprise),
    Break("2", "user u-5 is left in BroadWorks by fallen (held)", leave_a_user),
    Break(
        "2",
        "+7 is in group g-hosted and belongs to no order",
        lambda at: group(at).numbers.update({"+7": GroupNumber()}),
    ),
    Break(
        "2",
        "+7 is in enterprise sp-1 and belongs to no order",
        lambda at: at.broadworks.enterprises["sp-1"].numbers.append("+7"),
    ),
    Break("2", "+7 of fallen (held) is left in group g-hosted", lambda at: leave_a_number(at, "fallen")),
    Break("2", "+7 of fallen (held) is left in enterprise sp-1", leave_a_number_in_the_enterprise),
    Break("2", "+7 of trunking is in group g-hosted, which is not its own", lambda at: leave_a_number(at, "trunking")),
    Break(
        "2",
        "group g-hosted of hosted (completed) is gone from BroadWorks",
        lambda at: (at.broadworks.enterprises["sp-1"].groups.clear(), drop(at.uses, resource="group:sp-1:g-hosted")),
    ),
    Break(
        "2",
        "group g-hosted of hosted (completed) is gone from BroadWorks",
        lambda at: (at.broadworks.enterprises.pop("sp-1"), at.uses.clear(), drop(at.effects, state="kept")),
    ),
    Break("2", "group g-hosted of hosted (inProgress) is gone from BroadWorks", lose_a_group_before_the_pivot),
    Break("2", "users of hosted are gone from BroadWorks: u-2", lambda at: group(at).users.pop("u-2")),
    Break(
        "2",
        "users of hosted are gone from BroadWorks: u-2",
        lambda at: (group(at).users.pop("u-2"), drop(at.effects, user_id="u-2")),
    ),
    Break(
        "2",
        "users of hosted are gone from BroadWorks: u-2",
        lambda at: (group(at).users.pop("u-2"), drop(at.order_users, user_id="u-2")),
    ),
    Break("2", "numbers of hosted are gone from its group: +1", lambda at: group(at).numbers.pop("+1")),
    Break(
        "2",
        "numbers of hosted are gone from its group: +1",
        lambda at: (order(at, "hosted", state="inProgress", phase="running"), group(at).numbers.pop("+1")),
    ),
    Break(
        "2",
        "numbers of hosted are gone from its group: +6",
        lambda at: give_one_more_hosted_number(at, delivered=False),
    ),
    Break(
        "2",
        "numbers of hosted are gone from its group: +6",
        lambda at: give_one_more_hosted_number(at, delivered=True),
    ),
]

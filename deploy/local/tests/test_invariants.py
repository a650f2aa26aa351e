"""Every rule of the invariants: a world in which all hold, and one small change for each sentence that breaks one."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dialtone.invariants import rules
from dialtone.invariants.checker import check
from dialtone.invariants.snapshot import Row, Snapshot

NOW = datetime(2026, 1, 5, tzinfo=UTC)
BILLED = {"start billing": {"status": "done"}}
Change = Callable[[Snapshot], object]


def an_order(name: str, state: str, phase: str, **more: Any) -> Row:
    """`reserved` and `delivered` are numbers, `users` those of the group, if it was built; `lines` the time line."""
    reserved, delivered = more.pop("reserved", None), more.pop("delivered", [])
    users, group_id = more.pop("users", None), more.pop("group_id", f"g-{name}")
    lines, steps = more.pop("lines", ["started"]), more.pop("steps", {})
    group = {"service_provider_id": "sp-1", "group_id": group_id, "users": [{"user_id": one} for one in users or []]}
    subject = {
        "service_provider_id": "sp-1",
        "group_id": group_id,
        "reserved": {"numbers": [{"number": one} for one in reserved]} if reserved is not None else None,
        "delivered": [{"number": one} for one in delivered],
        "group": group if users is not None else None,
    }
    return {
        "order_id": name,
        "partner_id": "p-1",
        "external_id": f"PO-{name}",
        "state": state,
        "phase": phase,
        "reason": "",
        "due": NOW,
        "subject": json.dumps(subject),
        "progress": json.dumps({"timeline": [{"what": what} for what in lines], "steps": steps}),
        **more,
    }


def a_number(number: str, order_id: str, status: str = "assigned", customer_id: str | None = None) -> Row:
    return {"number": number, "order_id": order_id, "status": status, "customer_id": customer_id}


def a_ticket(name: str, order_id: str, kind: str, state: str, outcome: str | None = None) -> Row:
    return {
        "ticket_id": name,
        "order_id": order_id,
        "item_id": "",
        "kind": kind,
        "state": state,
        "partner_id": "p-1",
        "outcome": outcome,
    }


def a_world() -> Snapshot:
    """A hosted order that completed, a trunking order that waits for people, one undone, one cancelled, one going on.

    The enterprise sp-1 was made by the order `hosted`; sp-2 and its group were there before us.
    """
    orders = [
        an_order(
            "hosted",
            "completed",
            "completed",
            due=None,
            reserved=["+1"],
            delivered=["+2"],
            users=["u-1", "u-2"],
            lines=["started", "everything undone", "replayed", "started", "past the pivot", "completed"],
            steps=BILLED,
        ),
        an_order(
            "trunking",
            "inProgress",
            "running",
            reserved=["+3"],
            reason="waiting for trunking tickets",
            lines=["started", "past the pivot"],
            steps=BILLED,
        ),
        an_order("fallen", "held", "compensated", due=None, reserved=["+1"], reason="provision group: refused"),
        an_order("cancelled", "cancelled", "compensated", due=None),
        an_order("going", "acknowledged", "running"),
    ]
    return Snapshot(
        orders={row["order_id"]: row for row in orders},
        settled={row["order_id"] for row in orders},
        accounts=[
            account("e-1", "Enterprise", "sp-1", "hosted"),
            account("c-1", "Customer", "g-hosted", "hosted"),
            account("c-2", "Customer", "g-trunking", "trunking"),
            account("e-2", "Enterprise", "sp-2", None),
        ],
        letters=[
            {"dl_id": "fallen-1", "kind": "order", "order_id": "fallen", "state": "open"},
            {"dl_id": "hosted-1", "kind": "order", "order_id": "hosted", "state": "replayed"},
        ],
        actions=[{"order_id": "hosted", "dl_id": "hosted-1", "who": "ops", "action": "replay", "why": "x", "at": NOW}],
        numbers=[
            a_number("+1", "hosted", customer_id="c-1"),
            a_number("+2", "hosted", customer_id="c-1"),
            a_number("+3", "trunking", customer_id="c-2"),
            a_number("+4", "going", "reserved"),
        ],
        backorders=[{"backorder_id": 1, "order_id": "hosted", "partner_id": "p-1", "missing": 0, "cancelled": False}],
        billing={
            "hosted": {"order_id": "hosted", "partner_id": "p-1", "state": "started"},
            "trunking": {"order_id": "trunking", "partner_id": "p-1", "state": "started"},
            "fallen": {"order_id": "fallen", "partner_id": "p-1", "state": "void"},
            "going": {"order_id": "going", "partner_id": "p-1", "state": "planned"},
        },
        charges={
            "hosted": {"order_id": "hosted", "posted": 3},
            "trunking": {"order_id": "trunking", "posted": 1},
            "fallen": {"order_id": "fallen", "posted": 0},
        },
        tickets=[
            a_ticket("T-1", "hosted", "order", "closed"),
            a_ticket("T-2", "trunking", "order", "acknowledged"),
            a_ticket("T-3", "trunking", "trunking", "acknowledged"),
            a_ticket("T-4", "hosted", "trunking", "resolved", "done"),
        ],
        ticket_acts=[{"ticket_id": "T-4", "who": "ops", "why": "done"}],
        ledger=[
            {"order_id": "hosted", "run": 1, "key": "group", "state": "undone"},
            {"order_id": "hosted", "run": 2, "key": "group", "state": "done"},
            {"order_id": "fallen", "run": 1, "key": "group", "state": "undone"},
        ],
        enterprises={
            "sp-1": {
                "numbers": ["+1", "+2"],
                "groups": {"g-hosted": {"users": {"u-1": {}, "u-2": {}, "u-9": {}}, "numbers": {"+1": {}, "+2": {}}}},
            },
            "sp-2": {"numbers": ["+8"], "groups": {"sales": {"users": {}, "numbers": {"+9": {}}}}},
        },
    )


def account(account_id: str, role: str, broadworks_id: str, order_id: str | None, partner_id: str = "p-1") -> Row:
    return {
        "account_id": account_id,
        "partner_id": partner_id,
        "role": role,
        "name": account_id,
        "broadworks_id": broadworks_id,
        "order_id": order_id,
    }


def broken(at: Snapshot) -> dict[int, list[str]]:
    return {one.number: list(one.broken) for one in check(at).results if one.broken}


def order(at: Snapshot, name: str) -> Row:
    return at.orders[name]


def subject(at: Snapshot, name: str, **changes: Any) -> None:
    row = order(at, name)
    row["subject"] = json.dumps({**json.loads(row["subject"]), **changes})


def as_json_of(at: Snapshot) -> dict[str, Any]:
    return check(at).as_dict()


def test_in_an_orderly_world_every_rule_holds() -> None:
    assert broken(a_world()) == {}
    report = as_json_of(a_world())
    assert (report["hold"], report["orders"], len(report["rules"])) == (True, 5, 7)


def test_in_an_empty_world_every_rule_holds() -> None:
    assert broken(Snapshot(orders={}, settled=set())) == {}


def group(at: Snapshot) -> Any:
    return at.enterprises["sp-1"]["groups"]["g-hosted"]


NOBODYS = {"numbers": []}
SAME_USER = {"service_provider_id": "sp-1", "group_id": "g-hosted", "users": [{"user_id": "u-1"}]}
EMPTY: dict[str, Any] = {"numbers": [], "groups": {}}
RUN_2_BEFORE_THE_PIVOT = json.dumps(
    {
        "timeline": [{"what": what} for what in ("started", "past the pivot", "replayed", "started", "completed")],
        "steps": BILLED,
    }
)


BREAKS: list[tuple[int, str, Change]] = [
    (1, "+5 is assigned for gone, which is no order", lambda at: at.numbers.append(a_number("+5", "gone"))),
    (1, "+5 is reserved for gone, which is no order", lambda at: at.numbers.append(a_number("+5", "gone", "reserved"))),
    (
        1,
        "+5 is reserved for fallen, undone and held",
        lambda at: at.numbers.append(a_number("+5", "fallen", "reserved")),
    ),
    (
        1,
        "+5 is assigned for cancelled, undone and cancelled",
        lambda at: at.numbers.append(a_number("+5", "cancelled")),
    ),
    (1, "+1 is reserved for hosted, which is completed", lambda at: at.numbers[0].update(status="reserved")),
    (1, "+1 is held by 2 orders", lambda at: subject(at, "trunking", reserved={"numbers": [{"number": "+1"}]})),
    (1, "+2 is held by 2 orders", lambda at: subject(at, "trunking", reserved=NOBODYS, delivered=[{"number": "+2"}])),
    (1, "hosted is completed and has lost +1, +2", lambda at: at.numbers.__delitem__(slice(0, 2))),
    (1, "hosted is completed and has lost +2", lambda at: at.numbers[1].update(order_id="trunking")),
    (2, "the ledger of fallen (held) has effects that were not undone", lambda at: at.ledger[2].update(state="done")),
    (
        2,
        "the ledger of fallen (held) has effects that were not undone",
        lambda at: at.ledger[2].update(state="intended"),
    ),
    (
        2,
        "group g-hosted of hosted (completed) is gone from BroadWorks",
        lambda at: at.enterprises["sp-1"]["groups"].clear(),
    ),
    (2, "group g-hosted of hosted (completed) is gone from BroadWorks", lambda at: at.enterprises.pop("sp-1")),
    (2, "users of hosted are gone from BroadWorks: u-2", lambda at: group(at)["users"].pop("u-2")),
    (
        2,
        "group g-fallen is left in BroadWorks by fallen (held)",
        lambda at: at.enterprises["sp-1"]["groups"].update({"g-fallen": {"users": {}, "numbers": {}}}),
    ),
    (
        2,
        "enterprise sp-3 is left in BroadWorks by fallen (held)",
        lambda at: (subject(at, "fallen", service_provider_id="sp-3"), at.enterprises.update({"sp-3": EMPTY})),
    ),
    (2, "+7 is in group g-hosted and belongs to no order", lambda at: group(at)["numbers"].update({"+7": {}})),
    (2, "+7 is in enterprise sp-1 and belongs to no order", lambda at: at.enterprises["sp-1"]["numbers"].append("+7")),
    (
        2,
        "+7 of fallen (held) is left in group g-hosted",
        lambda at: (at.numbers.append(a_number("+7", "fallen", "held")), group(at)["numbers"].update({"+7": {}})),
    ),
    (
        2,
        "+7 of fallen (held) is left in enterprise sp-1",
        lambda at: (
            at.numbers.append(a_number("+7", "fallen", "held")),
            at.enterprises["sp-1"]["numbers"].append("+7"),
        ),
    ),
    (
        3,
        "going (acknowledged) is billed (0 charges) and not past the pivot",
        lambda at: at.billing["going"].update(state="started"),
    ),
    (
        3,
        "going (acknowledged) is billed (2 charges) and not past the pivot",
        lambda at: at.charges.update({"going": {"order_id": "going", "posted": 2}}),
    ),
    (
        3,
        "hosted (completed) is billed (3 charges) and not past the pivot",
        lambda at: order(at, "hosted").update(progress=RUN_2_BEFORE_THE_PIVOT),
    ),
    (3, "hosted is completed and its billing has not started", lambda at: at.billing["hosted"].update(state="planned")),
    (3, "hosted is completed and its billing has not started", lambda at: at.billing.pop("hosted")),
    (
        3,
        "trunking is inProgress and its billing has not started",
        lambda at: at.billing["trunking"].update(state="planned"),
    ),
    (
        3,
        "fallen is held and undone, and its charges are planned",
        lambda at: at.billing["fallen"].update(state="planned"),
    ),
    (
        3,
        "charges of gone, which is no order",
        lambda at: at.billing.update(gone={"order_id": "gone", "partner_id": "p-1", "state": "planned"}),
    ),
    (
        4,
        "PO-hosted of partner p-1 was accepted 2 times",
        lambda at: order(at, "cancelled").update(external_id="PO-hosted"),
    ),
    (4, "hosted has built group 2 times", lambda at: at.ledger[0].update(state="done")),
    (
        4,
        "there are tickets of gone, which is no order",
        lambda at: at.tickets.append(a_ticket("T-9", "gone", "order", "acknowledged")),
    ),
    (
        4,
        "trunking has 2 trunking tickets for one item",
        lambda at: at.tickets.append(a_ticket("T-9", "trunking", "trunking", "acknowledged")),
    ),
    (4, "user u-1 was built by 2 orders", lambda at: subject(at, "trunking", group=SAME_USER)),
    (5, "hosted is completed and has open tickets: order", lambda at: at.tickets[0].update(state="inProgress")),
    (5, "fallen is held after its undo and no dead letter waits for an operator", lambda at: at.letters.pop(0)),
    (
        5,
        "fallen is held after its undo and no dead letter waits for an operator",
        lambda at: at.letters[0].update(kind="message"),
    ),
    (5, "going is acknowledged, waits for nothing and is due never", lambda at: order(at, "going").update(due=None)),
    (6, "a ticket of hosted carries the partner p-2", lambda at: at.tickets[0].update(partner_id="p-2")),
    (6, "a backorder of hosted carries the partner p-2", lambda at: at.backorders[0].update(partner_id="p-2")),
    (6, "a billing of going carries the partner p-2", lambda at: at.billing["going"].update(partner_id="p-2")),
    (
        6,
        "account c-2 of trunking belongs to the partner p-2",
        lambda at: (at.accounts[2].update(partner_id="p-2"), at.numbers[2].update(customer_id=None)),
    ),
    (
        6,
        "+3 of trunking is assigned to a customer of the partner p-2",
        lambda at: (
            at.accounts.append(account("c-9", "Customer", "g-9", None, "p-2")),
            at.numbers[2].update(customer_id="c-9"),
        ),
    ),
    (
        6,
        "enterprise sp-1 is used by the partners p-1, p-2",
        lambda at: (order(at, "going").update(partner_id="p-2"), at.billing.pop("going")),
    ),
    (7, "dead letter hosted-1 was replayed and nobody wrote down who and why", lambda at: at.actions.clear()),
    (7, "dead letter hosted-1 was replayed and nobody wrote down who and why", lambda at: at.actions[0].update(who="")),
    (7, "dead letter hosted-1 was replayed and nobody wrote down who and why", lambda at: at.actions[0].update(why="")),
    (
        7,
        "dead letter fallen-1 was discarded and nobody wrote down who and why",
        lambda at: (at.letters[0].update(state="discarded"), order(at, "fallen").update(state="failed")),
    ),
    (7, "ticket T-4 was resolved and nobody wrote down who", lambda at: at.ticket_acts.clear()),
    (7, "ticket T-4 was resolved and nobody wrote down who", lambda at: at.ticket_acts[0].update(who="")),
]


@pytest.mark.parametrize(
    ("number", "sentence", "change"), BREAKS, ids=[f"{at} {one[1]}" for at, one in enumerate(BREAKS)]
)
def test_what_breaks_a_rule_is_told_in_its_sentence(number: int, sentence: str, change: Change) -> None:
    at = a_world()
    change(at)
    assert broken(at).get(number) == [sentence]


def sentences() -> Iterator[tuple[str, str]]:
    """Every sentence that a rule can say, as it is written there and as a pattern."""
    for node in ast.walk(ast.parse(Path(rules.__file__).read_text())):
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.JoinedStr):
            parts = [re.escape(one.value) if isinstance(one, ast.Constant) else ".+" for one in node.value.values]
            yield ast.unparse(node.value), "".join(map(str, parts))


def test_every_sentence_of_every_rule_is_broken_here() -> None:
    told = [sentence for _, sentence, _ in BREAKS]
    silent = [written for written, pattern in sentences() if not any(re.fullmatch(pattern, one) for one in told)]
    assert len(list(sentences())) > 20
    assert silent == []


def test_orders_that_moved_meanwhile_are_not_judged() -> None:
    """Whatever is read of an order while it goes on may not fit together."""
    at = a_world()
    at.settled.clear()
    at.ledger[2].update(state="done")
    at.billing["going"].update(state="started")
    at.billing.pop("hosted")
    at.tickets[0].update(state="inProgress")
    at.letters.pop(0)
    group(at)["numbers"].update({"+7": {}})
    group(at)["users"].clear()
    at.enterprises["sp-1"]["groups"]["g-fallen"] = {"users": {}, "numbers": {}}
    at.numbers.append(a_number("+5", "fallen", "reserved"))
    assert broken(at) == {}


def test_a_number_without_an_owner_is_no_alarm_while_any_order_moves() -> None:
    at = a_world()
    group(at)["numbers"].update({"+7": {}})
    at.settled.remove("going")
    assert broken(at) == {}


def test_what_was_in_broadworks_before_us_is_not_judged() -> None:
    at = a_world()
    at.enterprises["sp-2"]["groups"]["more"] = {"users": {"x": {}}, "numbers": {"+99": {}}}
    at.enterprises["sp-1"]["groups"]["theirs"] = {"users": {}, "numbers": {"+98": {}}}
    at.enterprises["sp-1"]["numbers"].append("+98")
    assert broken(at) == {}


def test_a_group_stays_when_another_order_has_its_right_to_it() -> None:
    """add-services for a group that was built before, refused: the group is not what it left."""
    at = a_world()
    subject(at, "fallen", group_id="g-hosted")
    assert broken(at) == {}


def test_an_adopted_enterprise_stays_whatever_becomes_of_its_orders() -> None:
    at = a_world()
    subject(at, "fallen", service_provider_id="sp-2")
    assert broken(at) == {}

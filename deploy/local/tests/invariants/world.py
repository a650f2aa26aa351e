"""A small world in which everything holds."""

from datetime import timedelta

from dialtone.invariants import rows
from dialtone.invariants.broadworks import BroadWorks, Enterprise, Group, GroupNumber, Instance, Pack, User
from dialtone.invariants.snapshot import Snapshot

from . import made
from .made import NOW, PROOF, STANDARD

ADD_USER, ADD_GROUP = "UserAddRequest22V2", "GroupAddRequest"
ADD_PACK = "ServiceProviderServicePackAddRequest"
DOMAIN = "customer.example"


def a_world() -> Snapshot:
    """A hosted order that completed, a trunking order that waits for people, one undone, one cancelled, one going on.

    The enterprise sp-1 was made by the order `hosted`, which ran twice; sp-2 and its group were there before us.
    """
    at = Snapshot(taken_at=NOW, orders={one.order_id: one for one in _orders()}, settled=set())
    at.settled = set(at.orders)
    _add_accounts(at)
    _add_numbers(at)
    _add_charges(at)
    _add_tickets(at)
    _add_ledger(at)
    at.broadworks = _broadworks()
    at.unread = {("catalog", "catalog.commands"): 0}
    at.messages = {"did-inventory": [made.a_message("waiting", "going", "unreachable", NOW - timedelta(hours=1))]}
    return at


def _orders() -> list[rows.Order]:
    done, later = {"past_pivot": True, "billing_started": True}, NOW + timedelta(minutes=5)
    asked = ["trunking tickets"]
    return [
        made.an_order("hosted", "completed", "completed", run=2, ended_at=NOW, **done),
        made.an_order(
            "trunking", "inProgress", "running", due=later, asked=asked, reason="waiting for trunking tickets", **done
        ),
        made.an_order("fallen", "held", "compensated", reason="provision group: refused"),
        made.an_order("cancelled", "cancelled", "compensated", ended_at=NOW),
        made.an_order("going", "acknowledged", "running", due=later),
    ]


def _add_accounts(at: Snapshot) -> None:
    at.accounts = [
        made.an_account("e-1", "Enterprise", "sp-1", "hosted"),
        made.an_account("c-hosted", "Customer", "g-hosted", "hosted", parent_id="e-1"),
        made.an_account("c-trunking", "Customer", "g-trunking", "trunking", parent_id="e-1"),
        made.an_account("e-2", "Enterprise", "sp-2", None),
    ]
    at.letters = [made.a_letter("fallen-1", "fallen", "open"), made.a_letter("hosted-1", "hosted", "replayed")]
    at.acts = [rows.Act("hosted", "hosted-1", "ops", "replay", "mended", NOW)]
    at.order_items = [
        made.an_item("hosted", "1", STANDARD, seats=2),
        made.an_item("hosted", "2", "Auto Attendant"),
        made.an_item("hosted", "3", "Standard Select Voice Lines", trunking=True),
        made.an_item("trunking", "1", "Standard Select Voice Lines", "inProgress", trunking=True),
    ]
    at.order_users = [made.a_user("hosted", "u-1", "+1"), made.a_user("hosted", "u-2")]


def _add_numbers(at: Snapshot) -> None:
    at.order_numbers = [
        made.a_given_number("hosted", "+1"),
        made.a_given_number("hosted", "+2", delivered=True),
        made.a_given_number("trunking", "+3", trunking=True),
        made.a_given_number("fallen", "+1"),
    ]
    at.numbers = [
        made.a_number("+1", "hosted", customer_id="c-hosted"),
        made.a_number("+2", "hosted", customer_id="c-hosted"),
        made.a_number("+3", "trunking", customer_id="c-trunking"),
        made.a_number("+4", "going", "reserved"),
        made.a_number("+5", None, "blocked"),
    ]
    at.backorders = [made.a_backorder("hosted", 0)]


def _add_charges(at: Snapshot) -> None:
    at.billing = [
        made.a_billing("hosted", "started", run=2, at_start=1, late=1),
        made.a_billing("trunking", "started"),
        made.a_billing("fallen", "void"),
        made.a_billing("going", "planned"),
    ]
    at.charges = [
        made.a_charge("hosted", 1, "1", "void"),
        made.a_charge("hosted", 1, "1", run=2, quantity=2),
        made.a_charge("hosted", 2, "2", run=2, package="Auto Attendant", kind="NRC"),
        made.a_charge("hosted", 3, "3", run=2),
        made.a_charge("hosted", 4, "numbers", run=2),
        made.a_charge("hosted", 5, "1", "planned", run=2, first_period=False),
        made.a_charge("trunking", 1, "1", "planned"),
        made.a_charge("fallen", 1, "1", "void"),
        made.a_charge("going", 1, "1", "planned"),
    ]
    at.published = [rows.PublishedLine("hosted", line) for line in (1, 2, 3, 4)]


def _add_tickets(at: Snapshot) -> None:
    at.tickets = [
        made.a_ticket(1, "hosted", "order", "closed"),
        made.a_ticket(2, "trunking", "order", "acknowledged"),
        made.a_ticket(3, "trunking", "trunking", "acknowledged", "1"),
        made.a_ticket(4, "hosted", "trunking", "resolved", "3", **PROOF),
    ]
    at.ticket_acts = [
        rows.TicketAct(4, "order-intake", "opened", "Run 1 of the order asks for it.", NOW),
        rows.TicketAct(4, "ops", "resolved", "done", NOW),
    ]


def _add_ledger(at: Snapshot) -> None:
    user = {"run": 2, "package": STANDARD}
    at.effects = [
        made.an_effect("hosted", 1, "group", "undone", ADD_GROUP),
        made.an_effect("hosted", 2, f"pack {STANDARD}", "done", ADD_PACK, run=2, group_id=None),
        made.an_effect("hosted", 3, "group", "done", ADD_GROUP, run=2),
        made.an_effect("hosted", 4, "user 1001", "done", ADD_USER, user_id="u-1", number="+1", **user),
        made.an_effect("hosted", 5, "user 1002", "done", ADD_USER, user_id="u-2", **user),
        made.an_effect("fallen", 1, "group", "undone", ADD_GROUP),
        made.an_effect(
            "fallen", 2, "domain", "kept", "SystemDomainAddRequest", service_provider_id=None, group_id=None
        ),
        made.an_effect("fallen", 3, "user 1001", "undone", ADD_USER, user_id="u-5", package=STANDARD),
    ]
    things = (
        f"domain:{DOMAIN}",
        "enterprise:sp-1",
        f"domain:sp-1:{DOMAIN}",
        f"pack:sp-1:{STANDARD}",
        "group:sp-1:g-hosted",
    )
    at.uses = [rows.Use("hosted", thing) for thing in things]
    at.workplaces = [rows.Workplace("hosted", "sp-1", "g-hosted"), rows.Workplace("fallen", "sp-1", "g-fallen")]


def _broadworks() -> BroadWorks:
    seat = {"packs": [STANDARD], "devices": ["phone"], "voice_mail": True}
    group = Group(
        users={"u-1": User(phone_number="+1", **seat), "u-2": User(**seat), "u-9": User()},
        numbers={"+1": GroupNumber(user="u-1"), "+2": GroupNumber()},
        instances={"aa": Instance(kind="Auto Attendant")},
    )
    ours = Enterprise(
        domains=[DOMAIN],
        numbers=["+1", "+2"],
        packs={STANDARD: Pack(services=["Voice Messaging User"])},
        groups={"g-hosted": group},
    )
    theirs = Enterprise(numbers=["+8"], groups={"sales": Group(numbers={"+9": GroupNumber()})})
    return BroadWorks(domains=["Customer.example"], enterprises={"sp-1": ours, "sp-2": theirs})

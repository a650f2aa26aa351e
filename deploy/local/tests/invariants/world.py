"""A small world in which everything holds."""

from datetime import timedelta

from dialtone.invariants import rows
from dialtone.invariants.broadworks import BroadWorks, Enterprise, Group, GroupNumber, Instance, Pack, User
from dialtone.invariants.snapshot import Snapshot

from . import charged, made
from .charged import FAX, FAX_FEE, LINES, SURCHARGE
from .made import NOW, PROOF, STANDARD

ADD_USER, ADD_GROUP = "UserAddRequest22V2", "GroupAddRequest"
ADD_PACK = "ServiceProviderServicePackAddRequest"
DOMAIN = "customer.example"


def a_world() -> Snapshot:
    """Orders that completed, fell out, were cancelled or go on, and what people deliver of them.

    The enterprise sp-1 was made by the order `hosted`, which ran twice; sp-2 and its group were there before us.
    `faxing` adds to the group of `hosted` what people set up elsewhere. People have not built `trunking` yet, and could
    build nothing of `refused`.
    """
    at = Snapshot(taken_at=NOW, orders={one.order_id: one for one in _orders()}, settled=set())
    at.settled = set(at.orders)
    _add_accounts(at)
    _add_items(at)
    _add_numbers(at)
    charged.add(at)
    _add_tickets(at)
    _add_ledger(at)
    at.broadworks = _broadworks()
    at.unread = {("catalog", "catalog.commands"): 0}
    at.messages = {"did-inventory": [made.a_message("waiting", "going", "unreachable", NOW - timedelta(hours=1))]}
    return at


def _orders() -> list[rows.Order]:
    done, later = {"past_pivot": True, "billing_started": True}, NOW + timedelta(minutes=5)
    asked, to_hosted = ["trunking tickets"], {"group_id": "g-hosted", "customer_id": "c-hosted"}
    return [
        made.an_order("hosted", "completed", "completed", run=2, ended_at=NOW, **done),
        made.an_order("faxing", "completed", "completed", kind="add-services", ended_at=NOW, **done, **to_hosted),
        made.an_order(
            "trunking", "inProgress", "running", due=later, asked=asked, reason="waiting for trunking tickets", **done
        ),
        made.an_order("refused", "failed", "completed", ended_at=NOW, past_pivot=True, reason="8: no circuit"),
        made.an_order("fallen", "held", "compensated", reason="provision group: refused"),
        made.an_order("cancelled", "cancelled", "compensated", ended_at=NOW),
        made.an_order("going", "acknowledged", "running", due=later),
    ]


def _add_accounts(at: Snapshot) -> None:
    at.accounts = [
        made.an_account("e-1", "Enterprise", "sp-1", "hosted"),
        made.an_account("c-hosted", "Customer", "g-hosted", "hosted", parent_id="e-1"),
        made.an_account("c-trunking", "Customer", "g-trunking", "trunking", parent_id="e-1"),
        made.an_account("c-refused", "Customer", "g-refused", "refused", parent_id="e-1", built=False),
        made.an_account("e-2", "Enterprise", "sp-2", None),
    ]
    at.letters = [made.a_letter("fallen-1", "fallen", "open"), made.a_letter("hosted-1", "hosted", "replayed")]
    at.acts = [rows.Act("hosted", "hosted-1", "ops", "replay", "mended", NOW)]


def _add_items(at: Snapshot) -> None:
    at.order_items = [
        made.an_item("hosted", "1", STANDARD, seats=2),
        made.an_item("hosted", "2", "Auto Attendant"),
        made.an_item("hosted", "3", LINES, trunking=True),
        made.an_item("faxing", "1", FAX, elsewhere=True),
        made.an_item("faxing", "2", FAX_FEE, fulfilment="billing", parent="1"),
        made.an_item("trunking", "1", LINES, "inProgress", trunking=True),
        made.an_item("trunking", "2", SURCHARGE, fulfilment="billing"),
        made.an_item("refused", "1", LINES, "failed", trunking=True),
        made.an_item("fallen", "1", STANDARD, "held", seats=1),
        made.an_item("going", "1", STANDARD, "acknowledged", seats=1),
    ]
    at.order_users = [made.a_user("hosted", "u-1", "+1"), made.a_user("hosted", "u-2")]


def _add_numbers(at: Snapshot) -> None:
    at.order_numbers = [
        made.a_given_number("hosted", "+1"),
        made.a_given_number("hosted", "+2", delivered=True),
        made.a_given_number("trunking", "+3", trunking=True),
        made.a_given_number("fallen", "+1"),
    ]
    at.order_deliveries = [
        rows.OrderDelivery("hosted", 0, made.PROVEN),
        rows.OrderDelivery("hosted", 1, charged.CAME),
        rows.OrderDelivery("faxing", 0, charged.SET_UP),
    ]
    at.numbers = [
        made.a_number("+1", "hosted", customer_id="c-hosted"),
        made.a_number("+2", "hosted", customer_id="c-hosted"),
        made.a_number("+3", "trunking", "reserved", trunking=True),
        made.a_number("+4", "going", "reserved"),
        made.a_number("+5", None, "blocked"),
    ]
    at.backorders = [made.a_backorder("hosted", 0), made.a_backorder("refused", 1, cancelled=True)]


def _add_tickets(at: Snapshot) -> None:
    at.tickets = [
        made.a_ticket(1, "hosted", "order", "closed", run=2),
        made.a_ticket(2, "trunking", "order", "acknowledged"),
        made.a_ticket(3, "trunking", "trunking", "acknowledged", "1"),
        made.a_ticket(4, "hosted", "trunking", "resolved", "3", run=2, **PROOF),
        made.a_ticket(5, "faxing", "order", "closed"),
        made.a_ticket(6, "faxing", "setup", "resolved", outcome="done", activated_on=charged.SET_UP),
        made.a_ticket(7, "refused", "order", "closed"),
        made.a_ticket(8, "refused", "trunking", "resolved", "1", outcome="cannot-do"),
    ]
    at.ticket_acts = [
        rows.TicketAct(4, "order-intake", "opened", "Run 1 of the order asks for it.", NOW),
        rows.TicketAct(4, "ops", "resolved", "done", NOW),
        rows.TicketAct(6, "ops", "resolved", "done", NOW),
        rows.TicketAct(8, "ops", "resolved", "cannot-do: no circuit", NOW),
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

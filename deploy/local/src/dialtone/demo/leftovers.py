"""What an order left in every system, asked of each system itself."""

from collections import Counter
from typing import Any

from dialtone.cli.output import table
from dialtone.demo.actors import Actors

ENDED = ("closed", "cancelled", "resolved", "rejected")


async def left_by(actors: Actors, order: dict[str, Any]) -> dict[str, Any]:
    numbers = await actors.numbers_of(order["id"])
    tickets = await actors.tickets(order["id"])
    charges = await actors.charges(order["id"])
    group = await group_of(actors, order)
    return {
        "order": order["external_id"],
        "state": order["state"],
        "runs": order["run"],
        "numbers": len(numbers),
        "number_states": dict(Counter(one["status"] for one in numbers)),
        "group": order["customer"]["group_id"] if group else "",
        "users": len(group["users"]) if group else 0,
        "group_numbers": len(group["numbers"]) if group else 0,
        "tickets": {ticket["ticket_id"]: f"{ticket['kind']} {ticket['state']}" for ticket in tickets},
        "tickets_open": sum(ticket["state"] not in ENDED for ticket in tickets),
        "charges_posted": len(charges["postings"]),
        "billing_start": order["charges"]["billing_start"] if order["charges"] else None,
    }


async def group_of(actors: Actors, order: dict[str, Any]) -> dict[str, Any] | None:
    """The group as BroadWorks has it; None when it has none."""
    state = await actors.broadworks()
    enterprise = state["enterprises"].get(order["enterprise"]["service_provider_id"])
    found: dict[str, Any] | None = enterprise["groups"].get(order["customer"]["group_id"]) if enterprise else None
    return found


def print_leftovers(leftovers: list[dict[str, Any]]) -> None:
    """Two tables: one would be too wide for a terminal of 100 columns."""
    table(
        "\nwhat each order left: inventory, tickets, charges",
        ("order", "state", "runs", "numbers", "tickets", "charges", "billing from"),
        [
            (
                one["order"],
                one["state"],
                one["runs"],
                ", ".join(f"{count} {state}" for state, count in one["number_states"].items()),
                ", ".join(one["tickets"].values()),
                f"{one['charges_posted']} posted",
                one["billing_start"],
            )
            for one in leftovers
        ],
        whole=("order", "state", "runs", "numbers", "charges", "billing from"),
    )
    table(
        "\nand in BroadWorks",
        ("order", "group", "users", "numbers"),
        [(one["order"], one["group"] or "none", one["users"], one["group_numbers"]) for one in leftovers],
    )


def print_postings(postings: list[dict[str, Any]]) -> None:
    table(
        "USD before tax",
        ("no.", "charge", "from", "to", "days", "amount", "why"),
        [
            (
                one["posting"],
                f"{one['quantity']} x {one['package']}",
                one["from_date"],
                one["to_date"] or "once",
                f"{one['days']}/{one['days_in_period']}" if one["days"] else "",
                one["amount"],
                one["reason"],
            )
            for one in postings
        ],
        whole=("from", "to", "amount"),
    )

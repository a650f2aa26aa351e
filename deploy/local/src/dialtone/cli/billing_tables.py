"""How lines of the ledger, statements, subscriptions and a reconciliation read."""

from collections.abc import Sequence
from typing import Any

from dialtone.cli.output import as_json, counted, say, table
from dialtone.cli.reconciling import Report

Line = dict[str, Any]
CHARGE = ("package", "price", "from", "to")
POSTED = (*CHARGE, "amount", "reason")


def print_items(statement: dict[str, Any]) -> None:
    """Line by line, with the sums."""
    it = statement
    say(f"{it['customer_id']}, {it['month']} ({it['time_zone']})")
    rows = [
        (item["order_id"], item["item_id"], *_posted(line))
        for item in it["items"]
        for line in (*item["lines"], *item["credits"])
    ]
    table(f"{it['currency']} {it['amounts']}", ("order", "item", *POSTED), rows, whole=("order", "amount"))
    say(f"charged {it['charged']}, credited {it['credited']}, total {it['total']}")


def print_subscriptions(found: Sequence[Line]) -> None:
    columns = ("no.", "order", "item", *CHARGE, "posted to")
    names = ("subscription_id", "order_id", "item_id")
    rows = [(*(one[name] for name in names), *_charge(one), one["posted_to"]) for one in found]
    table(counted(len(found), "subscription"), columns, rows, whole=("no.", "order"))


def _charge(it: Line) -> tuple[Any, ...]:
    return it["package"], f"{it['quantity']} x {it['unit_price']}", it["from_date"], it["to_date"]


def _posted(line: Line) -> tuple[Any, ...]:
    return (*_charge(line), line["amount"], line["reason"])


def print_lines(title: str, found: Sequence[Line]) -> None:
    rows = [(one["posting"], one["customer_id"], *_posted(one)) for one in found]
    columns = ("no.", "customer", *POSTED)
    table(f"{title}, USD before taxes and surcharges", columns, rows, whole=("no.", "customer", "amount"))


def print_posted(line: Line, *, as_: bool) -> None:
    if as_:
        as_json(line)
    else:
        print_lines(f"posting {line['posting']}", [line])


def print_report(report: Report) -> None:
    looked = f"{counted(report.orders, 'order')} and {counted(report.subscriptions, 'subscription')}"
    if not report.findings:
        say(f"{looked} fit together.")
        return
    names = ("what", "order_id", "item_id", "package", "kind", "detail")
    columns = ("what", "order", "item", "package", "kind", "")
    rows = [[one[name] for name in names] for one in report.findings]
    table(f"{counted(len(rows), 'finding')}, of {looked}", columns, rows, whole=("what", "order"))
    if report.more:
        say("There are more of a kind; look again when these are gone.")

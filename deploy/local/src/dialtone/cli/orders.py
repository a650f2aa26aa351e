"""`dialtone orders`: submit, list, show."""

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from dialtone.cli.output import as_json, clock, coloured, duration, fail, out, table
from dialtone.cli.target import FOLDER, Folder, Json, Target, Url, target

app = typer.Typer(help="Submit orders and follow them.", no_args_is_help=True)
STILL = {"completed", "partial", "failed", "cancelled", "rejected", "held", "pending"}


@app.command()
def submit(
    file: Annotated[Path, typer.Argument(help="an order form as JSON; - reads standard input")],
    folder: Folder = FOLDER,
    url: Url = None,
    as_: Json = False,
) -> None:
    """Submit an order. The same external id with the same content answers the order of the first time."""
    try:
        form = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text())
    except (OSError, ValueError) as error:
        fail(f"{file} cannot be read as JSON: {error}", 2)
    answer = target(folder, url, "order-intake", operator=False).call("POST", "/orders", json=form)
    if as_:
        as_json(answer)
    else:
        out.print(f"{answer['id']}  {coloured(answer['state'])}")


@app.command("list")
def list_orders(
    state: Annotated[list[str] | None, typer.Option(help="only these states")] = None,
    limit: int = 50,
    folder: Folder = FOLDER,
    url: Url = None,
    as_: Json = False,
) -> None:
    """The newest orders."""
    rows = target(folder, url, "order-intake", operator=False).call(
        "GET", "/orders", params={"limit": limit, **({"state": state} if state else {})}
    )
    if as_:
        as_json(rows)
        return
    columns = ("id", "external id", "kind", "account", "state", "submitted", "why")
    table(
        f"{len(rows)} orders",
        columns,
        [
            (
                row["id"],
                row["external_id"],
                row["kind"],
                row["account_name"],
                row["state"],
                clock(row["submitted_at"]),
                row["reason"],
            )
            for row in rows
        ],
    )


@app.command()
def show(
    order_id: str,
    watch: Annotated[bool, typer.Option("--watch", help="until the order ends or waits for somebody")] = False,
    folder: Folder = FOLDER,
    url: Url = None,
    as_: Json = False,
) -> None:
    """One order: its items, what it left, and the saga as a time line with durations."""
    where = target(folder, url, "order-intake", operator=False)
    order = watched(where, order_id) if watch else where.call("GET", f"/orders/{order_id}")
    if as_:
        as_json(order)
    else:
        print_order(order)


def watched(where: Target, order_id: str) -> dict[str, Any]:
    while True:
        order: dict[str, Any] = where.call("GET", f"/orders/{order_id}")
        if order["state"] in STILL or order["reason"]:
            return order
        time.sleep(0.2)


def print_order(order: dict[str, Any]) -> None:
    why = f": {order['reason']}" if order["reason"] else ""
    out.print(f"[bold]{order['external_id']}[/]  {order['id']}  run {order['run']}  {coloured(order['state'])}{why}")
    charges = order["charges"]
    if charges:
        money = (
            f"first invoice {charges['first_invoice']}, monthly {charges['monthly']} {charges['currency']} before tax"
        )
        out.print(f"  billing from {charges['billing_start']}: {money} ({charges['price_book']})")
    for item in order["items"]:
        out.print(f"  {item['quantity']} x {item['package']}: {coloured(item['state'])}")
    for kind, numbers in order["numbers"].items():
        if numbers:
            shown = ", ".join(one.get("number") or f"{one['quantity']} in {one['npa']}" for one in numbers)
            out.print(f"  numbers {kind}: {shown}")
    print_timeline(order["timeline"])


def print_timeline(lines: list[dict[str, Any]]) -> None:
    table(
        "time line",
        ("at", "step", "what", "took", ""),
        [
            (clock(line["at"]), line["step"], line["what"], duration(line.get("seconds")), line["detail"])
            for line in lines
        ],
    )

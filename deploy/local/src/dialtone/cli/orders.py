"""`dialtone orders`: submit, list, show, cancel, resume."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from dialtone.cli.output import as_json, clock, coloured, counted, duration, err, out, say, shortened, table
from dialtone.cli.reading import form_in
from dialtone.cli.target import FOLDER, Folder, Json, Target, Url, target

app = typer.Typer(help="Submit orders and follow them.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(help="the id in the first column of `orders list`")]
WAITING = ("held", "pending")  # states in which somebody has to act


@app.command()
def submit(
    file: Annotated[Path, typer.Argument(help="an order form as JSON; - reads standard input")],
    folder: Folder = FOLDER,
    url: Url = None,
    as_: Json = False,
) -> None:
    """Submit an order. The same external id with the same content answers the order of the first time."""
    form = form_in(file)
    print_state(target(folder, url, "order-intake", operator=False).call("POST", "/orders", json=form), as_=as_)


@app.command("list")
def list_orders(
    state: Annotated[list[str] | None, typer.Option(help="only orders in this state; may be repeated")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="how many at most")] = 50,
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
    columns = ("id", "external id", "account", "state", "submitted", "why")
    table(
        counted(len(rows), "order"),
        columns,
        [
            (
                row["id"],
                row["external_id"],
                row["account_name"],
                row["state"],
                clock(row["submitted_at"]),
                row["reason"],
            )
            for row in rows
        ],
        whole=("id", "state"),
    )


@app.command()
def show(
    order_id: Id,
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


@app.command()
def cancel(
    order_id: Id,
    reason: Annotated[str, typer.Option(help="why it is taken back; it stands in the time line")],
    folder: Folder = FOLDER,
    url: Url = None,
    as_: Json = False,
) -> None:
    """Take an order back, as long as its billing has not begun; `show --watch` follows it to its end."""
    where = target(folder, url, "order-intake", operator=False)
    print_state(where.call("POST", f"/orders/{order_id}/cancel", json={"reason": reason}), as_=as_)


@app.command()
def resume(
    order_id: Id,
    why: Annotated[str, typer.Option(help="what has changed; it is written down with your name")],
    folder: Folder = FOLDER,
    url: Url = None,
    as_: Json = False,
) -> None:
    """Let a stuck order go on, when what kept it is out of the way."""
    where = target(folder, url, "order-intake", operator=True)
    answer = where.call("POST", f"/orders/{order_id}/resume", json={"why": why})
    if as_:
        as_json(answer)
    else:
        out.print(f"{answer['id']}  goes on", highlight=False)


def print_state(order: dict[str, Any], *, as_: bool) -> None:
    if as_:
        as_json(order)
    else:
        out.print(f"{order['id']}  {coloured(order['state'])}", highlight=False)


def watched(where: Target, order_id: str) -> dict[str, Any]:
    with err.status("asking") as status:
        while True:
            order: dict[str, Any] = where.call("GET", f"/orders/{order_id}")
            if at_rest(order):
                return order
            status.update(escape(f"{order['state']} {order['timeline'][-1]['step']}"))
            time.sleep(0.2)


def at_rest(order: dict[str, Any]) -> bool:
    """It has ended, or it waits: for an operator, for the portal, for people or stock."""
    if order["saga"]["phase"] == "undoing":
        return False
    waits = order["state"] in WAITING or str(order["reason"]).startswith("waiting for")
    return bool(order["final"] or waits or order["saga"]["phase"] == "stuck")


def print_order(order: dict[str, Any], *, lines: list[dict[str, Any]] | None = None) -> None:
    """`lines` are those of the time line to show, all of them when it is left out."""
    why = escape(f": {order['reason']}") if order["reason"] else ""
    name = escape(order["external_id"])
    out.print(f"[bold]{name}[/]  {order['id']}  run {order['run']}  {coloured(order['state'])}{why}", highlight=False)
    charges = order["charges"]
    if charges:
        money = (
            f"first invoice {charges['first_invoice']}, monthly {charges['monthly']} {charges['currency']} before tax"
        )
        say(f"  billing from {charges['billing_start']}: {money} ({charges['price_book']})")
    for item in order["items"]:
        out.print(f"  {item['quantity']} x {escape(item['package'])}: {coloured(item['state'])}", highlight=False)
    for kind, numbers in order["numbers"].items():
        if numbers:
            shown = [one.get("number") or f"{one['quantity']} in {one['npa']}" for one in numbers]
            say(f"  numbers {kind}: {shortened(shown, 'numbers')}")
    print_timeline(order["timeline"] if lines is None else lines)


def print_timeline(lines: list[dict[str, Any]]) -> None:
    table(
        "time line",
        ("at", "step", "what", "took", ""),
        [
            (clock(line["at"]), line["step"], line["what"], duration(line.get("seconds")), line["detail"])
            for line in lines
        ],
        whole=("at", "step", "what", "took"),
    )

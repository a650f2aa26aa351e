"""`dialtone tickets`: what people have to do, and that they have done it."""

from typing import Annotated, Any, Literal

import typer

from dialtone.cli.output import as_json, clock, coloured, counted, fail, out, say, table
from dialtone.cli.target import FOLDER, Folder, Json, TicketingUrl, target

app = typer.Typer(help="Tickets that people work.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(help="the id in the first column of `tickets list`, such as T-000123")]
Outcome = Literal["done", "cannot-do"]
# What each kind is done with, by the name of our option.
PROOF = {
    "trunking": {
        "trunk_group": "--trunk-group",
        "activated_on": "--activated-on",
        "numbers_confirmed": "--numbers-confirmed",
    },
    "setup": {"activated_on": "--activated-on"},
}


@app.command("list")
def list_tickets(
    kind: Annotated[str | None, typer.Option(help="order, trunking, setup, e911 or backorder")] = None,
    state: Annotated[str | None, typer.Option(help="only tickets in this state")] = None,
    order_id: Annotated[str | None, typer.Option(help="only tickets of this order")] = None,
    folder: Folder = FOLDER,
    url: TicketingUrl = None,
    as_: Json = False,
) -> None:
    """The newest tickets."""
    wanted = {"kind": kind, "state": state, "order_id": order_id}
    chosen = {name: value for name, value in wanted.items() if value}
    rows = target(folder, url, "ticketing", operator=True).call("GET", "/tickets", params=chosen)
    if as_:
        as_json(rows)
        return
    columns = ("id", "kind", "state", "order", "summary")
    shown = [(one["ticket_id"], one["kind"], one["state"], one["order_id"], one["summary"]) for one in rows]
    table(counted(len(rows), "ticket"), columns, shown, whole=("id", "kind", "state", "order"))


@app.command()
def show(ticket_id: Id, folder: Folder = FOLDER, url: TicketingUrl = None, as_: Json = False) -> None:
    """One ticket: what is to be done, and what was."""
    ticket = target(folder, url, "ticketing", operator=True).call("GET", f"/tickets/{ticket_id}")
    if as_:
        as_json(ticket)
        return
    out.print(f"[bold]{ticket['ticket_id']}[/]  {ticket['kind']}  {coloured(ticket['state'])}", highlight=False)
    say(ticket["summary"])
    table("details", ("name", "value"), [(one["name"], one["value"]) for one in ticket["details"]], whole=("name",))
    lines = [(clock(one["at"]), one["who"], one["what"], one["why"]) for one in ticket["history"]]
    table("history", ("at", "who", "what", "why"), lines, whole=("at", "who"))


@app.command()
def resolve(
    ticket_id: Id,
    outcome: Annotated[Outcome, typer.Option(help="was it done, or can it not be done?")] = "done",
    reason: Annotated[str, typer.Option(help="why it cannot be done")] = "",
    activated_on: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="the date of activation")] = "",
    trunk_group: Annotated[str, typer.Option(help="the trunk group as built")] = "",
    numbers_confirmed: Annotated[
        bool, typer.Option("--numbers-confirmed", help="the numbers were called, and ring")
    ] = False,
    folder: Folder = FOLDER,
    url: TicketingUrl = None,
    as_: Json = False,
) -> None:
    """Say that a ticket is done, or that it cannot be; a waiting order then goes on.

    A trunking ticket is done when --trunk-group, --activated-on and --numbers-confirmed say so, a setup ticket when
    --activated-on does.
    """
    said = {
        "reason": reason,
        "activated_on": activated_on,
        "trunk_group": trunk_group,
        "numbers_confirmed": numbers_confirmed,
    }
    form = {"outcome": outcome, **{name: value for name, value in said.items() if value}}
    where = target(folder, url, "ticketing", operator=True)
    require_proof(where.call("GET", f"/tickets/{ticket_id}"), form)
    answer = where.call("POST", f"/tickets/{ticket_id}/resolve", json=form)
    if as_:
        as_json(answer)
    else:
        out.print(f"{ticket_id} {coloured(answer['state'])}", highlight=False)


def require_proof(ticket: dict[str, Any], form: dict[str, Any]) -> None:
    """Ends the command: the service refuses such a form too, but does not know the names of our options."""
    missing = [option for name, option in PROOF.get(ticket["kind"], {}).items() if name not in form]
    if form["outcome"] == "done" and missing:
        what = f"{ticket['ticket_id']} is a {ticket['kind']} ticket"
        fail(f"{what}; it is done with proof only: give {', '.join(missing)}.", 2)

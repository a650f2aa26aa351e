"""`dialtone tickets`: what people have to do, and that they have done it."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from dialtone.cli.output import as_json, coloured, out, table
from dialtone.cli.target import FOLDER, Folder, Json, Url, target

app = typer.Typer(help="Tickets that people work.", no_args_is_help=True)


@app.command("list")
def list_tickets(
    kind: str | None = None,
    state: str | None = None,
    order_id: str | None = None,
    folder: Folder = FOLDER,
    url: Url = None,
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
    table(f"{len(rows)} tickets", columns, shown)


@app.command()
def resolve(
    ticket_id: str,
    outcome: Annotated[str, typer.Option(help="done or cannot-do")] = "done",
    reason: Annotated[str, typer.Option(help="why it cannot be done")] = "",
    activated_on: Annotated[str | None, typer.Option(help="date of activation; today when left out")] = None,
    trunk_group: Annotated[str | None, typer.Option(help="the trunk group as built")] = None,
    folder: Folder = FOLDER,
    url: Url = None,
    as_: Json = False,
) -> None:
    """Say that a ticket is done, or that it cannot be; a waiting order then goes on."""
    where = target(folder, url, "ticketing", operator=True)
    answer = where.call("POST", f"/tickets/{ticket_id}/resolve", json=form(outcome, reason, activated_on, trunk_group))
    if as_:
        as_json(answer)
    else:
        out.print(f"{ticket_id} {coloured(answer['state'])}")


def form(outcome: str, reason: str, activated_on: str | None, trunk_group: str | None) -> dict[str, Any]:
    if outcome != "done":
        return {"outcome": outcome, "reason": reason}
    return {
        "outcome": outcome,
        "activated_on": activated_on or datetime.now(UTC).date().isoformat(),
        "trunk_group": trunk_group or "as ordered",
        "numbers_confirmed": True,
    }

"""`dialtone dead-letters`: list, show, replay, discard."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from dialtone.cli.output import as_json, clock, coloured, fail, out, say, table
from dialtone.cli.target import FOLDER, Folder, Json, Url, target

app = typer.Typer(help="Orders and messages that wait for a person.", no_args_is_help=True)
Why = Annotated[str, typer.Option("--why", help="the reason; it is written down with your name")]
Id = Annotated[str, typer.Argument(help="the id in the first column of `dead-letters list`")]


@app.command("list")
def list_letters(
    state: Annotated[str, typer.Option(help="open, replayed, discarded or any")] = "open",
    error_code: Annotated[str | None, typer.Option(help="only those with this code")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="how many at most")] = 100,
    folder: Folder = FOLDER,
    url: Url = None,
    as_: Json = False,
) -> None:
    """The newest dead letters."""
    chosen = {"state": state, "limit": limit, **({"error_code": error_code} if error_code else {})}
    rows = target(folder, url, "order-intake", operator=True).call("GET", "/dead-letters", params=chosen)
    if as_:
        as_json(rows)
        return
    columns = {
        "id": "dl_id",
        "from": "source_topic",
        "code": "error_code",
        "failed": "failed_at",
        **({"state": "state"} if state == "any" else {}),
        "what happened": "error_message",
    }
    shown = [{**row, "failed_at": clock(row["failed_at"])} for row in rows]
    lines = [tuple(row[name] for name in columns.values()) for row in shown]
    table(f"{len(rows)} dead letters", tuple(columns), lines, whole=("id", "failed", "state"))


@app.command()
def show(dl_id: Id, folder: Folder = FOLDER, url: Url = None, as_: Json = False) -> None:
    """One dead letter, whole: reason, headers, value."""
    letter = target(folder, url, "order-intake", operator=True).call("GET", f"/dead-letters/{dl_id}")
    if as_:
        as_json(letter)
        return
    out.print(f"[bold]{letter['dl_id']}[/]  {letter['kind']}  {coloured(letter['state'])}", highlight=False)
    say(f"{letter['error_code']}: {letter['error_message']}")
    table("headers", ("name", "value"), letter["headers"].items(), whole=("name",))
    say(pretty(letter["value"]))


@app.command()
def replay(
    dl_id: Id,
    why: Why,
    form: Annotated[Path | None, typer.Option("--form", help="an edited order form as JSON")] = None,
    folder: Folder = FOLDER,
    url: Url = None,
    as_: Json = False,
) -> None:
    """Run it again: an order from its start (edited or not), a message as it was."""
    body: dict[str, Any] = {"why": why}
    if form is not None:
        try:
            body["form"] = json.loads(form.read_text())
        except (OSError, ValueError) as error:
            fail(f"{form} cannot be read as JSON: {error}", 2)
    answer = target(folder, url, "order-intake", operator=True).call("POST", f"/dead-letters/{dl_id}/replay", json=body)
    print_answer(answer, as_)


@app.command()
def discard(dl_id: Id, why: Why, folder: Folder = FOLDER, url: Url = None, as_: Json = False) -> None:
    """Give it up; an order has then failed for good."""
    where = target(folder, url, "order-intake", operator=True)
    print_answer(where.call("POST", f"/dead-letters/{dl_id}/discard", json={"why": why}), as_)


def print_answer(answer: dict[str, Any], as_: bool) -> None:  # noqa: FBT001
    if as_:
        as_json(answer)
        return
    out.print(f"{answer['dl_id']} {coloured(answer['state'])}", highlight=False)
    of_an_order = answer["dl_id"].startswith(f"{answer['order_id']}-")  # else the "order id" is the key of a message
    if of_an_order and answer["state"] == "replayed":
        say(f"Follow the order with: dialtone orders show {answer['order_id']} --watch")


def pretty(value: str) -> str:
    try:
        return json.dumps(json.loads(value), indent=2)
    except ValueError:
        return value

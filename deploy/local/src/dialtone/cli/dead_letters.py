"""`dialtone dead-letters`: list, show, replay, release, discard.

A message that can never be sent is kept by the service that wrote it; what is decided about it is told to that service.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from dialtone.cli.output import as_json, clock, coloured, counted, fail, out, say, table
from dialtone.cli.reading import form_in
from dialtone.cli.target import FOLDER, Folder, Json, Url, target

app = typer.Typer(help="Orders and messages that wait for a person.", no_args_is_help=True)
Why = Annotated[str, typer.Option("--why", help="the reason; it is written down with your name")]
OwnerUrl = Annotated[
    str | None, typer.Option("--owner-url", help="URL of the service that keeps a message that could not be sent")
]
UNSENDABLE = "unsendable"
TRACEBACK = "dl-traceback"
Id = Annotated[str, typer.Argument(help="the id in the first column of `dead-letters list`")]


@app.command("list")
def list_letters(
    state: Annotated[str, typer.Option(help="open, replayed, released, discarded or any")] = "open",
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
    table(counted(len(rows), "dead letter"), tuple(columns), lines, whole=("id", "failed", "state"))


@app.command()
def show(
    dl_id: Id,
    traceback: Annotated[bool, typer.Option("--traceback", help="where in our code it failed")] = False,
    folder: Folder = FOLDER,
    url: Url = None,
    as_: Json = False,
) -> None:
    """One dead letter, whole: reason, headers, value."""
    letter = target(folder, url, "order-intake", operator=True).call("GET", f"/dead-letters/{dl_id}")
    if as_:
        as_json(letter)
        return
    out.print(f"[bold]{letter['dl_id']}[/]  {letter['kind']}  {coloured(letter['state'])}", highlight=False)
    say(f"{letter['error_code']}: {letter['error_message']}")
    headers = {name: text for name, text in letter["headers"].items() if name != TRACEBACK}
    table("headers", ("name", "value"), headers.items(), whole=("name",))
    say(pretty(letter["value"]))
    if trace := letter["headers"].get(TRACEBACK):
        say(trace if traceback else f"Its traceback has {len(trace.splitlines())} lines: add --traceback.")


@app.command()
def replay(
    dl_id: Id,
    why: Why,
    form: Annotated[Path | None, typer.Option("--form", help="an edited order form as JSON")] = None,
    keep_start: Annotated[
        bool, typer.Option("--keep-billing-start", help="bill from the asked start, though that day has passed")
    ] = False,
    folder: Folder = FOLDER,
    url: Url = None,
    as_: Json = False,
) -> None:
    """Run it again: an order from its start (edited or not), a message as it was."""
    body: dict[str, Any] = {"why": why}
    if form is not None:
        body["form"] = form_in(form)
    if keep_start:
        body["keep_billing_start"] = True
    answer = target(folder, url, "order-intake", operator=True).call("POST", f"/dead-letters/{dl_id}/replay", json=body)
    print_answer(answer, as_)


@app.command()
def release(
    dl_id: Id, why: Why, folder: Folder = FOLDER, url: Url = None, owner_url: OwnerUrl = None, as_: Json = False
) -> None:
    """Send a message again that could not be sent, as it was: its topic may take it now."""
    letter = target(folder, url, "order-intake", operator=True).call("GET", f"/dead-letters/{dl_id}")
    if letter["kind"] != UNSENDABLE:
        fail(f"{dl_id} is no message that could not be sent; run it again with: dialtone dead-letters replay {dl_id}")
    print_answer(decide(letter, "release", why, folder, url, owner_url), as_)


@app.command()
def discard(
    dl_id: Id, why: Why, folder: Folder = FOLDER, url: Url = None, owner_url: OwnerUrl = None, as_: Json = False
) -> None:
    """Give it up; an order has then failed for good, and a message that could not be sent never will be."""
    where = target(folder, url, "order-intake", operator=True)
    letter = where.call("GET", f"/dead-letters/{dl_id}")
    if letter["kind"] == UNSENDABLE:
        answer = decide(letter, "discard", why, folder, url, owner_url)
    else:
        answer = where.call("POST", f"/dead-letters/{dl_id}/discard", json={"why": why})
    print_answer(answer, as_)


def decide(
    letter: dict[str, Any], act: str, why: str, folder: Path, url: str | None, owner_url: str | None
) -> dict[str, Any]:
    """Asks the service that keeps the message; its answer in the words of a dead letter."""
    service, dl_id = letter["service"], letter["dl_id"]
    if url is not None and owner_url is None and service != "order-intake":
        fail(f"{service} keeps this message; say where it is with --owner-url.", 2)
    where = target(folder, owner_url or url, service, operator=True)
    answer = where.call("POST", f"/unsendable/{dl_id}/{act}", json={"why": why})
    return {"dl_id": dl_id, "state": answer["state"], "order_id": letter["order_id"]}


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

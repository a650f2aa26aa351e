"""`dialtone keys`: the API keys of a partner, for operators."""

from typing import Annotated, Any

import typer

from dialtone.cli.output import as_json, clock, coloured, counted, fail, out, say, table
from dialtone.cli.reading import stack_in
from dialtone.cli.target import FOLDER, Folder, Json, Target, Url, target

app = typer.Typer(help="API keys of a partner: who has which, and for how long.", no_args_is_help=True)
NEVER = "never"
Id = Annotated[str, typer.Argument(help="the id in the first column of `keys list`, the middle part of a key")]
Why = Annotated[str, typer.Option("--why", help="the reason; it is written down with who and when")]
Partner = Annotated[
    str | None, typer.Option("--partner", help="id of the partner (partners list); else the local stack's")
]


@app.command("list")
def list_keys(partner: Partner = None, folder: Folder = FOLDER, url: Url = None, as_: Json = False) -> None:
    """All keys of a partner, those that are good no more too; secrets are shown by nobody."""
    rows = target(folder, url, "order-intake", operator=True).call("GET", path(folder, url, partner))
    if as_:
        as_json(rows)
        return
    columns = ("id", "kind", "name", "state", "signs", "expires", "scopes")
    shown = [
        (
            row["key_id"],
            row["kind"],
            row["name"],
            row["state"],
            "yes" if row["can_sign"] else "no",
            clock(row["expires_at"]),
            " ".join(row["scopes"]),
        )
        for row in rows
    ]
    table(counted(len(rows), "key"), columns, shown, whole=("id", "state"))


@app.command()
def add(
    why: Why,
    scope: Annotated[list[str] | None, typer.Option(help="what it may do; may be repeated")] = None,
    kind: Annotated[str, typer.Option(help="partner, or application (acts for a named person)")] = "partner",
    name: Annotated[str, typer.Option(help="what it is for, for people")] = "",
    expires: Annotated[str, typer.Option(metavar="TIME", help="good until then, as 2027-01-31T00:00:00Z")] = "",
    partner: Partner = None,
    folder: Folder = FOLDER,
    url: Url = None,
    as_: Json = False,
) -> None:
    """Give a partner another key. It is shown this once."""
    given = {"kind": kind, "name": name, "scopes": scope, "expires_at": expires}
    body = {"why": why, **{field: value for field, value in given.items() if value}}
    where = target(folder, url, "order-intake", operator=True)
    print_issued(where.call("POST", path(folder, url, partner), json=body), as_)


@app.command()
def revoke(
    key_id: Id, why: Why, partner: Partner = None, folder: Folder = FOLDER, url: Url = None, as_: Json = False
) -> None:
    """End a key: within 15 seconds it opens nothing and signs nothing any more."""
    answer = act(target(folder, url, "order-intake", operator=True), path(folder, url, partner), key_id, "revoke", why)
    if as_:
        as_json(answer)
    else:
        out.print(f"{answer['key_id']} {coloured(answer['state'])}", highlight=False)


@app.command()
def rotate(
    key_id: Id,
    why: Why,
    overlap: Annotated[str, typer.Option(help="how long the old key stays good: ISO 8601 as P7D, or seconds")] = "P1D",
    expires: Annotated[
        str,
        typer.Option(
            metavar="TIME", help="end of the new key, as 2027-01-31T00:00:00Z, or `never`; else that of the old"
        ),
    ] = "",
    partner: Partner = None,
    folder: Folder = FOLDER,
    url: Url = None,
    as_: Json = False,
) -> None:
    """Replace a key by a new one that may do the same. The new one is shown this once."""
    where = target(folder, url, "order-intake", operator=True)
    end = {"expires_at": None if expires == NEVER else expires} if expires else {}
    answer = act(where, path(folder, url, partner), key_id, "rotate", why, overlap=overlap, **end)
    print_issued(answer, as_)
    if not as_:
        say(f"{key_id} stays good for {overlap}.")


def path(folder: Folder, url: str | None, partner: str | None) -> str:
    """Where the keys of the partner are; without `--partner` those of the local stack's."""
    running = stack_in(folder) if url is None else None
    chosen = partner or (running.partner.id if running and running.partner else None)
    if chosen is None:
        fail("Say whose keys: give --partner with an id of: dialtone partners list", 2)
    return f"/partners/{chosen}/keys"


def act(where: Target, keys: str, key_id: str, what: str, why: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = where.call("POST", f"{keys}/{key_id}/{what}", json={"why": why, **more})
    return answer


def print_issued(answer: dict[str, Any], as_: bool) -> None:  # noqa: FBT001
    if as_:
        as_json(answer)
        return
    out.print(f"{answer['key_id']}  {' '.join(answer['scopes'])}", highlight=False)
    say(answer["api_key"])
    say("Keep it now: it is shown this once.")

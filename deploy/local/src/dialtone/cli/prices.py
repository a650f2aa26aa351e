"""`dialtone prices`: what things cost whom, from which day on. A version never changes; another one follows it."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from dialtone.cli import price_files
from dialtone.cli.output import as_json, counted, fail, say, table
from dialtone.cli.price_files import Line, NotReadable
from dialtone.cli.target import FOLDER, CatalogUrl, Folder, Json, Target, target

app = typer.Typer(help="Price books: what things cost whom, from which day on.", no_args_is_help=True)
Partner = Annotated[str | None, typer.Option("--partner", help="id of the partner; everybody's book without it")]
Name = Annotated[str, typer.Argument(help="name of a version, see `prices list`")]
Prices = dict[tuple[str, str], str]


@app.command("list")
def list_versions(folder: Folder = FOLDER, url: CatalogUrl = None, as_: Json = False) -> None:
    """All versions of all books, by partner and day."""
    rows = _versions(_catalog(folder, url))
    if as_:
        as_json([{**row, "prices": len(row["prices"])} for row in rows])
        return
    columns = ("partner", "name", "from", "prices", "lacking")
    shown = [
        (row["partner_id"] or "everybody", row["name"], row["effective_from"], len(row["prices"]), row["lacking"])
        for row in rows
    ]
    table(counted(len(rows), "version"), columns, shown, whole=("partner", "name"))


@app.command()
def show(
    name: Name, partner: Partner = None, folder: Folder = FOLDER, url: CatalogUrl = None, as_: Json = False
) -> None:
    """What a version says."""
    version = _version(_catalog(folder, url), name, partner)
    if as_:
        as_json(version)
        return
    say(f"{version['name']}, from {version['effective_from']} on, for {version['partner_id'] or 'everybody'}")
    rows = [(one["package"], one["kind"], one["unit_price"]) for one in version["prices"]]
    table("USD before tax", ("package", "kind", "unit price"), rows)


@app.command()
def export(name: Name, partner: Partner = None, folder: Folder = FOLDER, url: CatalogUrl = None) -> None:
    """A version as CSV, to be changed and imported as the next one."""
    price_files.write(_version(_catalog(folder, url), name, partner)["prices"], sys.stdout)


@app.command()
def compare(
    before: Name,
    after: Name,
    partner: Partner = None,
    folder: Folder = FOLDER,
    url: CatalogUrl = None,
    as_: Json = False,
) -> None:
    """Where two versions differ; a version that the partner does not have is looked for in everybody's book."""
    catalog = _catalog(folder, url)
    old, new = (_prices(_version(catalog, name, partner)) for name in (before, after))
    found = [
        {"package": key[0], "kind": key[1], "before": old.get(key), "after": new.get(key)}
        for key in sorted({*old, *new})
        if old.get(key) != new.get(key)
    ]
    _print_changes(found, before, as_=as_)


@app.command("import")
def import_version(
    file: Annotated[Path, typer.Argument(help="CSV with the columns package, kind, unit_price; or YAML")],
    effective_from: Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="the day of its first orders")],
    partner: Partner = None,
    name: Annotated[str | None, typer.Option(help="what it is called; else after its partner and day")] = None,
    refuse_others: Annotated[
        bool, typer.Option("--refuse-others", help="sell the partner nothing that the file has no price for")
    ] = False,
    from_activation: Annotated[
        bool, typer.Option("--from-activation", help="bill orders from their activation, if the asked start is earlier")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only tell what it would be")] = False,
    folder: Folder = FOLDER,
    url: CatalogUrl = None,
    as_: Json = False,
) -> None:
    """Add a version: all of the file or nothing of it. What a partner's version lacks costs what everybody pays."""
    try:
        lines = price_files.read(file)
    except NotReadable as error:
        fail(str(error), 2)
    body = {
        "partner_id": partner,
        "name": name,
        "effective_from": effective_from,
        "lacking": "refused" if refuse_others else "standard",
        "billed_from": "activation" if from_activation else "asked",
        "prices": [line.price for line in lines],
        "dry_run": dry_run,
    }
    told = _catalog(folder, url).call("POST", "/price-books", json=body, places=_by_lines(lines))
    if as_:
        as_json(told)
        return
    stands = "is added" if told["created"] else "would be added" if dry_run else "is there already"
    say(f"{told['name']}, from {told['effective_from']} on: {counted(told['prices'], 'price')}; it {stands}.")
    _print_changes(told["changes"], told["before"], as_=False)
    if told["lacks"]:
        lacking = [(one["package"], one["kind"]) for one in told["lacks"]]
        say(f"It lacks {counted(len(lacking), 'price')}:")
        table("lacking", ("package", "kind"), lacking)


def _by_lines(lines: list[Line]) -> dict[str, str]:
    """Where the file has what a pointer into the body means."""
    return {f"/prices/{number}": line.place for number, line in enumerate(lines)}


def _catalog(folder: Path, url: str | None) -> Target:
    return target(folder, url, "catalog", operator=True)


def _versions(catalog: Target) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = catalog.call("GET", "/price-books")
    return sorted(rows, key=lambda row: (row["partner_id"] or "", row["effective_from"]))


def _version(catalog: Target, name: str, partner: str | None) -> dict[str, Any]:
    """The partner's, or else everybody's."""
    known = {(row["partner_id"], row["name"]): row for row in _versions(catalog)}
    found = known.get((partner, name)) or known.get((None, name))
    if found is None:
        fail(f"There is no version {name!r}. List them with: dialtone prices list")
    return found


def _prices(version: dict[str, Any]) -> Prices:
    return {(one["package"], one["kind"]): one["unit_price"] for one in version["prices"]}


def _print_changes(found: list[dict[str, Any]], before: str | None, *, as_: bool) -> None:
    if as_:
        as_json(found)
        return
    rows = [(one["package"], one["kind"], one["before"] or "none", one["after"] or "none") for one in found]
    if before is None:
        say("There was no version before it.")
    else:
        table(f"{counted(len(rows), 'difference')} to {before}", ("package", "kind", "before", "after"), rows)

"""`dialtone partners`: who orders here, for operators."""

import typer

from dialtone.cli.output import as_json, clock, counted, table
from dialtone.cli.target import FOLDER, Folder, Json, Url, target

app = typer.Typer(help="Partners: their ids, and how many keys are good.", no_args_is_help=True)


@app.command("list")
def list_partners(folder: Folder = FOLDER, url: Url = None, as_: Json = False) -> None:
    """All partners by name. The id is what `keys --partner` takes."""
    rows = target(folder, url, "order-intake", operator=True).call("GET", "/partners")
    if as_:
        as_json(rows)
        return
    columns = ("id", "name", "living keys", "rejections", "since")
    shown = [
        (
            row["partner_id"],
            row["name"],
            row["living_keys"],
            row["rejections_topic"] or "shared topic",
            clock(row["created_at"]),
        )
        for row in rows
    ]
    table(counted(len(rows), "partner"), columns, shown, whole=("id",))

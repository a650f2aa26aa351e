"""`dialtone billing`: what was posted, a customer's statement, charges and credits by hand, and whether it all fits."""

from typing import Annotated, Literal

import typer

from dialtone.cli.billing_tables import print_items, print_lines, print_posted, print_report, print_subscriptions
from dialtone.cli.output import as_json, counted, fail, say
from dialtone.cli.reconciling import reconciled
from dialtone.cli.target import FOLDER, CatalogUrl, Folder, IntakeUrl, Json, target

app = typer.Typer(help="What customers are charged: lines, statements, charges and credits.", no_args_is_help=True)
Partner = Annotated[str | None, typer.Option("--partner", help="id of a partner; all without it")]
Customer = Annotated[str | None, typer.Option("--customer", help="id of a customer")]
Order = Annotated[str | None, typer.Option("--order", help="id of an order")]
CustomerId = Annotated[str, typer.Argument(help="id of a customer, see `billing lines`")]
After = Annotated[int, typer.Option(min=0, help="go on behind this number")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="how many at most")]
Reason = Annotated[str, typer.Option(help="why; it is written down with your name")]


@app.command()
def lines(
    partner: Partner = None,
    customer: Customer = None,
    order: Order = None,
    begins: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="lines that charge from this day on, or later")
    ] = None,
    before: Annotated[
        str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="lines that charge from a day before this one on")
    ] = None,
    posted_since: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="lines posted then or later, such as 2087-01-18T14:00:00Z")
    ] = None,
    after: After = 0,
    limit: Annotated[
        int | None, typer.Option(min=1, max=1000, help="how many at most: 100 without it, and all with --csv")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="print all lines as CSV")] = False,
    folder: Folder = FOLDER,
    url: CatalogUrl = None,
    as_: Json = False,
) -> None:
    """What was posted, by number."""
    days = {"from": begins, "to": before, "posted_since": posted_since}
    params = given(partner=partner, customer=customer, order=order, **days, after=after, limit=limit)
    catalog = target(folder, url, "catalog", operator=True)
    if csv:
        catalog.copy("/billing/lines", "text/csv", typer.get_binary_stream("stdout"), params=params)
        return
    told = catalog.call("GET", "/billing/lines", params=params)
    if as_:
        as_json(told)
        return
    print_lines(counted(len(told["lines"]), "line"), told["lines"])
    if told["next"]:
        say(f"There are more: --after {told['next']}")


@app.command()
def statement(
    customer_id: CustomerId,
    month: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="the present one without it")] = None,
    folder: Folder = FOLDER,
    url: CatalogUrl = None,
    as_: Json = False,
) -> None:
    """What a customer is charged for a month, item by item, before taxes and surcharges."""
    params = {"month": month} if month else {}
    told = target(folder, url, "catalog", operator=True).call("GET", f"/billing/{customer_id}/statement", params=params)
    if as_:
        as_json(told)
        return
    print_items(told)


@app.command()
def subscriptions(
    partner: Partner = None,
    customer: Customer = None,
    order: Order = None,
    after: After = 0,
    limit: Limit = 100,
    folder: Folder = FOLDER,
    url: CatalogUrl = None,
    as_: Json = False,
) -> None:
    """What customers are charged for, every month or once."""
    params = given(partner=partner, customer=customer, order=order, after=after, limit=limit)
    told = target(folder, url, "catalog", operator=True).call("GET", "/billing/subscriptions", params=params)
    if as_:
        as_json(told)
        return
    print_subscriptions(told["subscriptions"])
    if told["next"]:
        say(f"There are more: --after {told['next']}")


@app.command()
def charge(
    customer_id: CustomerId,
    package: Annotated[str, typer.Argument(help='what is charged for, such as "Late Fee"')],
    reason: Reason,
    reference: Annotated[str, typer.Option(help="what you call it: each is charged once, however often it is sent")],
    kind: Annotated[Literal["NRC", "usage"], typer.Option(help="once, or by units of usage")] = "NRC",
    quantity: Annotated[int, typer.Option(min=1, max=10_000, help="how many")] = 1,
    unit_price: Annotated[
        str | None, typer.Option(help="in USD before tax; without it the price in effect today")
    ] = None,
    day: Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="today without it")] = None,
    order: Annotated[str | None, typer.Option("--order", help="id of one of its orders; the newest without it")] = None,
    folder: Folder = FOLDER,
    url: CatalogUrl = None,
    as_: Json = False,
) -> None:
    """Charge a customer by hand: a fee, a penalty, hours. It is posted at once."""
    what = {"package": package, "kind": kind, "reason": reason, "reference": reference}
    body = given(**what, quantity=quantity, unit_price=unit_price, date=day, order_id=order)
    line = target(folder, url, "catalog", operator=True).call("POST", f"/billing/{customer_id}/charges", json=body)
    print_posted(line, as_=as_)


@app.command()
def credit(
    posting: Annotated[int, typer.Argument(min=1, help="the number of a line, see `billing lines`")],
    reason: Reason,
    folder: Folder = FOLDER,
    url: CatalogUrl = None,
    as_: Json = False,
) -> None:
    """Take a posted line back as a whole: its exact negative is posted."""
    catalog = target(folder, url, "catalog", operator=True)
    print_posted(catalog.call("POST", f"/billing/postings/{posting}/credit", json={"reason": reason}), as_=as_)


@app.command()
def reconcile(
    partner: Partner = None,
    folder: Folder = FOLDER,
    url: CatalogUrl = None,
    intake_url: IntakeUrl = None,
    as_: Json = False,
) -> None:
    """Is charged what is delivered, and nothing else? Asks catalog and order-intake; exits 1 when it is not so."""
    if (url is None) != (intake_url is None):
        fail("Two services are asked: give --url (catalog) and --intake-url (order-intake), or neither.", 2)
    catalog, intake = (
        target(folder, its, name, operator=True) for its, name in ((url, "catalog"), (intake_url, "order-intake"))
    )
    report = reconciled(catalog, intake, partner)
    if as_:
        as_json(report._asdict())
    else:
        print_report(report)
    if report.findings:
        raise SystemExit(1)


def given(**values: str | int | None) -> dict[str, str | int]:
    """Without what was left out."""
    return {name: value for name, value in values.items() if value is not None}

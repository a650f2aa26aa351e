"""The command line, put together."""

import asyncio
import shutil
from importlib.metadata import version as installed
from typing import Annotated, Any

import typer

from dialtone.cli import dead_letters, orders, tickets
from dialtone.cli.output import as_json, fail, out, table
from dialtone.cli.running import running, up
from dialtone.cli.target import FOLDER, Folder, Json
from dialtone.demo.scenario import play
from dialtone.invariants.checker import check_stack
from dialtone.stack import stackfile
from dialtone.stack.brokers import Kind
from dialtone.stack.configuration import Options

app = typer.Typer(
    help="From a signed order to dial tone.", no_args_is_help=True, pretty_exceptions_enable=False, add_completion=True
)
app.add_typer(orders.app, name="orders")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(tickets.app, name="tickets")
BrokerOption = Annotated[Kind, typer.Option(help="embedded, or kafka (Apache Kafka; needs java and mvn)")]
# The demonstration numbers are fiction (555-01XX), which production refuses; deadlines are a tenth of production's.
DEMONSTRATION: dict[str, Any] = {"environment": {"did-inventory": {"ALLOW_FICTION": "1"}}, "saga_patience": 0.1}


@app.command("up")
def up_(folder: Folder = FOLDER, broker: BrokerOption = "embedded", latency: float = 0.0) -> None:
    """Start the whole stack here and keep it up. Orders and numbers are kept in the folder between two ups."""
    options = Options(
        folder=folder,
        broker=broker,
        fixed_ports=True,
        simulator_latency=latency,
        **DEMONSTRATION,
    )
    asyncio.run(up(options))


@app.command()
def demo(broker: BrokerOption = "embedded", folder: Folder = FOLDER, as_: Json = False) -> None:
    """Real orders through five real services, one of them failing; what each left; the invariants."""
    fresh = folder / "demo"
    shutil.rmtree(fresh, ignore_errors=True)
    options = Options(folder=fresh, broker=broker, **DEMONSTRATION)

    async def run() -> bool:
        async with running(options) as stack:
            return await play(stack, quiet=as_)

    if not asyncio.run(run()):
        fail("The demonstration did not go as it should.")


@app.command()
def invariants(folder: Folder = FOLDER, as_: Json = False) -> None:
    """Check what must always hold (design, section 6) on the running stack; exits 1 when something is broken."""
    stack = stackfile.read(folder)
    if stack is None:
        fail(f"No stack runs in {folder}. Start one with: dialtone up")
    report = asyncio.run(check_stack(stack))
    if as_:
        as_json(report.as_dict())
    else:
        rows = [
            (one.number, one.title, "done" if not one.broken else "refused", len(one.broken)) for one in report.results
        ]
        table(f"invariants over {report.orders} orders", ("no.", "what must hold", "holds", "broken"), rows)
        for broken in report.broken():
            out.print(f"[red]{broken}[/]", highlight=False)
    if report.broken():
        raise SystemExit(1)


def _version(wanted: bool) -> None:  # noqa: FBT001
    if wanted:
        out.print(installed("dialtone-local"))
        raise typer.Exit


@app.callback()
def root(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False) -> None:
    """Keys: DIALTONE_KEY. Without --url, commands talk to the stack that runs in this folder."""


def main() -> None:
    app()

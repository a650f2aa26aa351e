"""The command line, put together."""

import shutil
import traceback
from importlib.metadata import version as installed
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from aiokafka.errors import KafkaError
from asyncpg.exceptions import PostgresError

from chassis.errors import said_by
from dialtone.cli import billing, clock, dead_letters, keys, orders, partners, prices, tickets
from dialtone.cli.invariants import print_report
from dialtone.cli.output import as_json, fail, out
from dialtone.cli.reading import stack_in
from dialtone.cli.running import run, running, unless_lost, up
from dialtone.cli.target import FOLDER, Folder, Json, UrlBefore
from dialtone.cli.topics import apply_topics
from dialtone.demo.scenario import play
from dialtone.invariants.checker import check_stack
from dialtone.stack.brokers import Kind
from dialtone.stack.configuration import Options

HELP = """From a signed order to dial tone.

Commands talk to the stack in --folder with the keys found there, or to --url with the key in DIALTONE_KEY.

--url stands before the command or after it.

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
"""
app = typer.Typer(help=HELP, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=True)
app.add_typer(orders.app, name="orders")
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(tickets.app, name="tickets")
app.add_typer(partners.app, name="partners")
app.add_typer(keys.app, name="keys")
app.add_typer(prices.app, name="prices")
app.add_typer(billing.app, name="billing")
app.add_typer(clock.app, name="clock")
HERE = ("up", "demo", "invariants", "topics", "clock")  # these ask no service by its URL
BrokerOption = Annotated[Kind, typer.Option(help="embedded, or kafka (Apache Kafka; needs java and mvn)")]
Latency = Annotated[float, typer.Option(min=0, help="seconds that BroadWorks takes for every answer")]
# Deadlines are a tenth of production's.
DEMONSTRATION: dict[str, Any] = {"saga_patience": 0.1}


@app.command("up")
def up_(folder: Folder = FOLDER, broker: BrokerOption = "embedded", latency: Latency = 0.0) -> None:
    """Start the whole stack here and keep it up. Orders and numbers are kept in the folder between two ups."""
    options = Options(
        folder=folder,
        broker=broker,
        fixed_ports=True,
        simulator_latency=latency,
        **DEMONSTRATION,
    )
    run(up(options))


@app.command()
def demo(broker: BrokerOption = "embedded", folder: Folder = FOLDER, as_: Json = False) -> None:
    """Real orders through five real services, one of them failing; what each left; the invariants."""
    fresh = folder / "demo"
    shutil.rmtree(fresh, ignore_errors=True)
    options = Options(folder=fresh, broker=broker, **DEMONSTRATION)

    async def played() -> bool:
        async with running(options) as stack:
            return await unless_lost(stack, play(stack, quiet=as_))

    try:
        went_well = run(played())
    except Exception as error:  # noqa: BLE001  people get a sentence, the file has the rest
        fail(f"The demonstration stopped: {said_by(error) or repr(error)} (see {write_traceback(fresh, error)})")
    if not went_well:
        fail("The demonstration did not go as it should.")


def write_traceback(folder: Path, error: Exception) -> Path:
    """Where the traceback is, beside the logs of the parts."""
    path = folder / "logs" / "demo.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(traceback.format_exception(error)))
    return path


@app.command()
def invariants(folder: Folder = FOLDER, as_: Json = False) -> None:
    """Check what must always hold, in the five databases and in BroadWorks; exits 1 when something is broken."""
    stack = stack_in(folder)
    if stack is None:
        fail(f"No stack runs in {folder}. Start one with: dialtone up")
    try:
        report = run(check_stack(stack))
    except (OSError, PostgresError, KafkaError, httpx.HTTPError) as error:
        fail(f"The stack in {folder} cannot be read ({said_by(error)}). Start it with: dialtone up")
    if as_:
        as_json(report.as_dict())
    else:
        print_report(report)
    if report.broken():
        raise SystemExit(1)


@app.command()
def topics(
    replication_factor: Annotated[int, typer.Option(min=1, help="copies of each new topic")] = 3, as_: Json = False
) -> None:
    """Create the topics of the contracts and set what they say, where KAFKA_BOOTSTRAP and its like lead to."""
    apply_topics(replication_factor, json=as_)


def _version(wanted: bool) -> None:  # noqa: FBT001
    if wanted:
        out.print(installed("dialtone-local"))
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="print it")] = False,
    url: UrlBefore = None,
) -> None:
    if url is not None and context.invoked_subcommand in HERE:
        fail(f"`dialtone {context.invoked_subcommand}` asks no service by a URL; leave --url out.", 2)


def main() -> None:
    app()

"""`python -m <service> [serve|migrate|check-config]`: the same three commands in every service."""

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import uvloop
from asyncpg.exceptions import PostgresError
from pydantic import ValidationError

from chassis.messaging import lost_connections
from chassis.observability import logs
from chassis.process.app import App
from chassis.process.faults import sentences
from chassis.process.parts import Parts
from chassis.runtime import database
from chassis.runtime.database import OUTAGE, Pool
from chassis.runtime.settings import ServiceSettings

T = TypeVar("T", bound=ServiceSettings)
Compose = Callable[[T, Pool], Awaitable[Parts]]
USAGE = "usage: python -m {package} [serve|migrate|check-config]"


def main(package: str, read: type[T], compose: Compose[T]) -> None:
    """Runs what the command line asks for. Exits 2 on wrong usage or settings, with one sentence per fault.

    `compose` is the service's composition root; tests call the same one.
    """
    command = sys.argv[1] if len(sys.argv) > 1 else "serve"
    try:
        settings = read()
    except ValidationError as error:
        for sentence in sentences(error, read):
            print(sentence, file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None
    logs.configure(package.replace("_", "-"), settings.log_level)
    match command:
        case "serve":
            lost_connections.outlive()
            uvloop.run(serve(settings, compose))
        case "migrate":
            from chassis.runtime import migrations  # noqa: PLC0415  alembic costs a serving process memory

            migrations.upgrade(package, settings.database_url)
        case "check-config":
            print(f"{package}: the settings are valid")  # noqa: T201
        case _:
            print(USAGE.format(package=package), file=sys.stderr)  # noqa: T201
            raise SystemExit(2)


async def serve(settings: T, compose: Compose[T]) -> None:
    """Runs until SIGTERM or SIGINT. Exits 1, with a sentence, where the database does not let us in."""
    try:
        pool = await database.connect(settings.database_url, connections=settings.database_connections)
    except (*OUTAGE, PostgresError) as error:
        print(database.why_not(error), file=sys.stderr)  # noqa: T201
        raise SystemExit(1) from None
    try:
        await App(await compose(settings, pool), settings, pool).serve()
    finally:
        with contextlib.suppress(*OUTAGE):
            await asyncio.wait_for(pool.close(), 5)

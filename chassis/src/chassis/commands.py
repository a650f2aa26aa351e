"""`python -m <service> [serve|migrate|check-config]`: the same three commands in every service."""

import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import uvloop
from pydantic import ValidationError

from chassis import logs
from chassis.settings import ServiceSettings

T = TypeVar("T", bound=ServiceSettings)
USAGE = "usage: python -m {package} [serve|migrate|check-config]"


def main(package: str, read: type[T], compose: Callable[[T], Awaitable[None]]) -> None:
    """Exits 2 on wrong usage or settings, with one sentence per fault."""
    command = sys.argv[1] if len(sys.argv) > 1 else "serve"
    try:
        settings = read()
    except ValidationError as error:
        for fault in error.errors(include_url=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            print(f"{name}: {fault['msg']} (is: {fault.get('input')!r})", file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None
    logs.configure(package.replace("_", "-"), settings.log_level)
    match command:
        case "serve":
            uvloop.run(_composed(compose, settings))
        case "migrate":
            from chassis import migrations  # noqa: PLC0415  alembic and SQLAlchemy cost a serving process 25 MB

            migrations.upgrade(package, settings.database_url)
        case "check-config":
            print(f"{package}: the settings are valid")  # noqa: T201
        case _:
            print(USAGE.format(package=package), file=sys.stderr)  # noqa: T201
            raise SystemExit(2)


async def _composed(compose: Callable[[T], Awaitable[None]], settings: T) -> None:
    await compose(settings)

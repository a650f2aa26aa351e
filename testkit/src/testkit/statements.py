"""Every SQL statement of a service, by name, and whether PostgreSQL takes it on the migrated schema."""

import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module

import asyncpg
from asyncpg.exceptions import PostgresError

STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\s")


def statements(*packages: str) -> Iterator[tuple[str, str]]:
    """(module and name, text) of every constant in these packages, or modules, that is a statement."""
    for package in packages:
        module = import_module(package)
        names = [found.name for found in pkgutil.walk_packages(getattr(module, "__path__", []), f"{package}.")]
        for name in [package, *names]:
            for constant, value in vars(import_module(name)).items():
                if constant.isupper() and isinstance(value, str) and STATEMENT.match(value):
                    yield f"{name}.{constant}", value


async def not_preparable(url: str, *packages: str) -> dict[str, str]:
    """What PostgreSQL says of the statements it does not take; empty when all can be prepared."""
    connection = await asyncpg.connect(url)
    wrong: dict[str, str] = {}
    try:
        for name, text in statements(*packages):
            try:
                await connection.prepare(text)
            except PostgresError as error:
                wrong[name] = str(error)
    finally:
        await connection.close()
    return wrong

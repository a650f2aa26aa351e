"""A database that is away is 503 with a time to come again, on every operation of every service."""

from typing import Any

import httpx
import pytest

from chassis.http import openapi
from tests.http.operations import NAMES, examples, operations
from tests.http.services import KEY, PACKAGES, served

# These are answered without a database.
WITHOUT = {("catalog", "/packages")}


@pytest.mark.parametrize("package", PACKAGES)
async def test_every_operation_says_that_the_database_is_away(package: str, urls: dict[str, str]) -> None:
    headers = {"authorization": f"Bearer {KEY}"}
    async with served(package, urls[package]) as service, httpx.AsyncClient(headers=headers, trust_env=False) as http:
        document = openapi.document(service.api)
        await service.pool.close()
        for method, path, operation in operations(document):
            where = service.url + path.format(**NAMES)
            answer = await http.request(method, where, json=next(iter(examples(document, operation)), None))
            if (package, path) in WITHOUT or answer.status_code == 403:  # only for partners
                continue
            told: dict[str, Any] = answer.json()
            assert (answer.status_code, told["code"]) == (503, "unavailable"), f"{method} {path}: {told}"
            assert answer.headers["retry-after"]

"""A database that is away is 503 with a time to come again, on every operation of every service."""

from typing import Any

import httpx
import pytest

from chassis.http import openapi
from tests.http.operations import NAMES, examples, operations, sent
from tests.http.services import PACKAGES, key_for, served

# Answered without a database: what is sold is in the catalogue's own files.
WITHOUT = {("catalog", "get", "/packages")}


@pytest.mark.parametrize("package", PACKAGES)
async def test_every_operation_says_that_the_database_is_away(package: str, urls: dict[str, str]) -> None:
    async with served(package, urls[package]) as service, httpx.AsyncClient(trust_env=False) as http:
        document = openapi.document(service.api)
        asked = [(method, path, operation) for method, path, operation in operations(document)]
        keys = [{"authorization": f"Bearer {await key_for(http, service, *one[:2])}"} for one in asked]
        for headers in keys:  # so that each is known while the database is away
            assert (await http.get(f"{service.url}/openapi.json", headers=headers)).status_code == 200
        await service.pool.close()
        for (method, path, operation), headers in zip(asked, keys, strict=True):
            where, body = service.url + path.format(**NAMES), next(iter(examples(document, operation)), None)
            http.headers.update(headers)
            answer = await http.request(method, where, **sent(operation, body))
            if (package, method, path) in WITHOUT:
                assert answer.status_code == 200, f"{method} {path}: {answer.text}"
                continue
            told: dict[str, Any] = answer.json()
            assert (answer.status_code, told["code"]) == (503, "unavailable"), f"{method} {path}: {told}"
            assert answer.headers["retry-after"]

"""What people write into the audit shows something: reasons, comments and notes of every route of every service."""

from typing import Any

import httpx
import pytest

from chassis.http import openapi
from tests.http.operations import JSON, examples, fields, kinds, operations
from tests.http.services import PACKAGES, key_for, served
from tests.http.things import names_in

WRITTEN = ("why", "reason", "text", "note")
BLANK = ("", " \t", "\u200b", "\u3164", " \u2800 ")
DIRECTING = ("a \x1b[31m", "a\x07", "a \u202eb", "a\x9b2J")  # a terminal obeys them
# Routes at least, beside the two of the chassis. How a ticket is resolved is no model:
# services/ticketing/tests/integration/test_forms.py tries it.
EXPECTED = {"order_intake": 9, "ticketing": 1, "catalog": 2}


def written(document: dict[str, Any], operation: dict[str, Any]) -> list[str]:
    return [name for name in fields(document, operation) if name in WRITTEN]


@pytest.mark.parametrize("package", PACKAGES)
async def test_no_reason_is_blank_or_directs_a_screen(package: str, urls: dict[str, str]) -> None:
    tried = 0
    async with served(package, urls[package]) as service, httpx.AsyncClient(trust_env=False) as http:
        document = openapi.document(service.api)
        for method, path, operation in operations(document):
            names_of_texts = written(document, operation) if JSON in kinds(operation) else []
            tried += bool(names_of_texts)
            for name in names_of_texts:
                url = service.url + path.format(**await names_in(path, service, http))
                headers = {"authorization": f"Bearer {await key_for(http, service, method, path)}"}
                body = (examples(document, operation) or [{}])[0]
                for text in (*BLANK, *DIRECTING):
                    answer = await http.request(method, url, json={**body, name: text}, headers=headers)
                    told = f"{method} {path} {name}={text!r}: {answer.status_code} {answer.text}"
                    assert answer.status_code == 422, told
                    assert f"/{name}" in [one["pointer"] for one in answer.json()["errors"]], told
    assert tried >= 2 + EXPECTED.get(package, 0)

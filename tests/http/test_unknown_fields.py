"""What bodies of every service have too much, too little, or of another kind is told with what is taken."""

import httpx
import pytest

from chassis.http import openapi
from tests.http.operations import JSON, NAMES, examples, kinds, operations
from tests.http.services import PACKAGES, key_for, served

# Judged by the kind of the ticket, so there must be one: services/ticketing/tests/integration/test_forms.py tries it.
KINDS = ("missing", "not-a-text", "not-an-object", "not-a-whole-number", "not-a-flag", "not-a-date", "not-an-instant")
ELSEWHERE = "/tickets/{name}/resolve"


@pytest.mark.parametrize("package", PACKAGES)
async def test_an_unknown_field_is_refused_by_its_pointer(package: str, urls: dict[str, str]) -> None:
    async with served(package, urls[package]) as service, httpx.AsyncClient(trust_env=False) as http:
        document = openapi.document(service.api)
        for method, path, operation in operations(document):
            if path == ELSEWHERE or JSON not in kinds(operation):
                continue
            for body in examples(document, operation)[:1]:
                where, key = service.url + path.format(**NAMES), await key_for(http, service, method, path)
                sent = {**body, "whhy/so": "misspelled"}
                answer = await http.request(method, where, json=sent, headers={"authorization": f"Bearer {key}"})
                told = f"{method} {path}: {answer.status_code} {answer.text}"
                assert answer.status_code == 422, told
                (found,) = [one for one in answer.json()["errors"] if one["pointer"] == "/whhy~1so"]
                assert found["code"] == "unknown-field", told
                assert all(field in found["detail"] for field in body), told


@pytest.mark.parametrize("package", PACKAGES)
async def test_what_is_missing_or_of_another_kind_is_told_with_what_is_taken(
    package: str, urls: dict[str, str]
) -> None:
    async with served(package, urls[package]) as service, httpx.AsyncClient(trust_env=False) as http:
        document = openapi.document(service.api)
        for method, path, operation in operations(document):
            if path == ELSEWHERE or JSON not in kinds(operation):
                continue
            where, key = service.url + path.format(**NAMES), await key_for(http, service, method, path)
            for body in ({}, *({name: [[]] for name in one} for one in examples(document, operation))):
                answer = await http.request(method, where, json=body, headers={"authorization": f"Bearer {key}"})
                for fault in answer.json().get("errors", []):
                    is_told = fault["code"] not in KINDS or "expected " in fault["detail"]
                    assert is_told, f"{method} {path}: {fault}"

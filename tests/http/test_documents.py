"""What the OpenAPI documents promise, for every operation of every service."""

from typing import Any

import httpx
import pytest

from chassis.http import openapi
from tests.http.operations import examples, operations, sent
from tests.http.services import KEY, PACKAGES, key_for, served
from tests.http.things import names_in

# Its body is judged before its order is, and no order gets stuck here: order-intake's own tests make some.
OF_WHAT_IS_STUCK = "/orders/{order_id}/resume"
UNSAFE = ("post", "put", "patch", "delete")


async def document_of(package: str, url: str) -> dict[str, Any]:
    async with served(package, url) as service, httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"{service.url}/openapi.json", headers={"authorization": f"Bearer {KEY}"})
        document: dict[str, Any] = answer.json()
        return document


@pytest.fixture(params=PACKAGES)
def package(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_every_operation_names_its_key_its_answer_and_its_problems(package: str, urls: dict[str, str]) -> None:
    document = await document_of(package, urls[package])
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    for method, path, operation in operations(document):
        where, answers = f"{method} {path}", operation["responses"]
        assert operation["security"] == [{"key": []}], where
        wanted = {"400", "401", "403", "422", "429", "500", "503"}
        wanted |= {"413", "415"} if "requestBody" in operation else set()
        wanted |= {"409"} if method in UNSAFE else set()
        wanted |= {"404"} if "{" in path else set()
        assert wanted <= set(answers), where
        for status, told in answers.items():
            if status >= "400":
                assert told["content"] == problem, where
                assert ("Retry-After" in told.get("headers", {})) == (status in ("429", "503")), where


async def test_every_answer_is_typed(package: str, urls: dict[str, str]) -> None:
    document = await document_of(package, urls[package])
    for method, path, operation in operations(document):
        answers = [told for status, told in operation["responses"].items() if status < "300"]
        assert answers, f"{method} {path} never succeeds"
        for answer in answers:
            schema = answer["content"]["application/json"]["schema"]
            inner = schema.get("items", schema.get("additionalProperties", schema))
            inner = inner.get("items", inner) if isinstance(inner, dict) else {}
            assert "$ref" in inner, f"{method} {path} answers {schema}"


async def test_every_body_has_examples_and_they_are_taken_as_they_are(package: str, urls: dict[str, str]) -> None:
    async with served(package, urls[package]) as service, httpx.AsyncClient(trust_env=False) as http:
        document = openapi.document(service.api)
        for method, path, operation in operations(document):
            if "requestBody" not in operation:
                continue
            found = examples(document, operation)
            assert found, f"{method} {path} has no example"
            for body in found:
                where = service.url + path.format(**await names_in(path, service, http))
                http.headers["authorization"] = f"Bearer {await key_for(http, service, method, path)}"
                answer = await http.request(method, where, **sent(operation, body))
                expected = (409,) if path == OF_WHAT_IS_STUCK else (200, 201, 202)
                assert answer.status_code in expected, f"{method} {path}: {answer.text}"
                again = await http.request(method, where, **sent(operation, body))
                assert str(again.status_code) in operation["responses"], f"{method} {path}, again: {again.text}"

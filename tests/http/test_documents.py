"""What the OpenAPI documents promise, for every operation of every service."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from tests.http.services import KEY, PACKAGES, served

UNSAFE = ("post", "put", "patch", "delete")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


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


async def test_every_body_has_an_example_that_its_schema_takes(package: str, urls: dict[str, str]) -> None:
    document = await document_of(package, urls[package])
    for method, path, operation in operations(document):
        for told in operation.get("requestBody", {}).get("content", {}).values():
            found = examples(document, told["schema"])
            assert found, f"{method} {path} has no example"
            schema = {**told["schema"], "components": document["components"]}
            for example in found:
                Draft202012Validator(schema).validate(example)


def examples(document: dict[str, Any], schema: dict[str, Any]) -> list[Any]:
    """Whole bodies: those of the schema, or one made of the examples of its fields."""
    if "$ref" in schema:
        schema = {**document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], **schema}
    if "examples" in schema:
        return list(schema["examples"])
    fields = schema.get("properties", {})
    made = {name: field["examples"][0] for name, field in fields.items() if "examples" in field}
    return [made] if made and set(schema.get("required", ())) <= set(made) else []

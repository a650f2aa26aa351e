"""What an OpenAPI document says, taken apart for tests."""

from collections.abc import Iterator
from typing import Any

# A name of each kind that is in no database.
NAMES = {
    "order_id": "o-1",
    "dl_id": "d-1",
    "partner_id": "p-1",
    "key_id": "k-1",
    "name": "T-000001",
    "unsendable_id": "u-1",
    "customer_id": "c-1",
    "posting": "1",
    "subscription_id": "1",
}
JSON = "application/json"
Operation = dict[str, Any]


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, Operation]]:
    """Method, path and the rest."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def kinds(operation: Operation) -> list[str]:
    """The media types of its body; none where it takes no body."""
    return list(operation.get("requestBody", {}).get("content", {}))


def examples(document: dict[str, Any], operation: Operation) -> list[Any]:
    """Whole bodies: those of the schema, or one made of the examples of its fields; texts are no JSON."""
    content = operation.get("requestBody", {}).get("content", {})
    return [one for told in content.values() for one in _bodies(document, told["schema"])]


def fields(document: dict[str, Any], operation: Operation) -> list[str]:
    """The names of all fields that a JSON body of it may have."""
    content = operation.get("requestBody", {}).get("content", {})
    return list(_whole(document, content[JSON]["schema"]).get("properties", {})) if JSON in content else []


def sent(operation: Operation, body: Any) -> dict[str, Any]:
    """The arguments with which httpx sends this body there."""
    if not isinstance(body, str):
        return {"json": body}
    return {"content": body.encode(), "headers": {"content-type": kinds(operation)[0]}}


def _bodies(document: dict[str, Any], schema: dict[str, Any]) -> list[Any]:
    schema = _whole(document, schema)
    if "examples" in schema:
        return list(schema["examples"])
    fields = schema.get("properties", {})
    made = {name: field["examples"][0] for name, field in fields.items() if "examples" in field}
    return [made] if made and set(schema.get("required", ())) <= set(made) else []


def _whole(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    named: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return {**named, **schema}

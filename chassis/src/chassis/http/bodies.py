"""Bodies: what all of them refuse, and how a route that reads its own is documented all the same."""

from typing import Any

from fastapi import Request
from pydantic import BaseModel, ConfigDict


class RequestBody(BaseModel):
    """What people send. An unknown field is a fault: misspelled it would pass for one that was left out."""

    model_config = ConfigDict(extra="forbid")


def body_of(model: type[BaseModel], *examples: Any) -> dict[str, Any]:
    """What a route whose own judge has better words gives FastAPI as `openapi_extra`; `examples` are whole bodies."""
    schema = {**model.model_json_schema(), "examples": list(examples)}
    parts = schema.pop("$defs", {})
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": _inlined(schema, parts)}}},
    }


def _inlined(schema: Any, parts: dict[str, Any]) -> Any:
    """Without references, which would lead out of the OpenAPI document; our models hold none of themselves."""
    if isinstance(schema, list):
        return [_inlined(one, parts) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        rest = {word: part for word, part in schema.items() if word != "$ref"}
        return {**_inlined(parts[schema["$ref"].rsplit("/", 1)[-1]], parts), **_inlined(rest, parts)}
    return {word: _inlined(part, parts) for word, part in schema.items()}


async def raw_body(request: Request) -> bytes:
    """A FastAPI dependency: the bytes of the body."""
    return await request.body()

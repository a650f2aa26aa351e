"""The OpenAPI document: every route says which problem documents it may answer beside success."""

from collections.abc import Collection, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field
from starlette.routing import BaseRoute

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}}
MEANING = {
    400: "The request cannot be read.",
    401: "A key is missing, or is not known.",
    403: "This key may not do this.",
    404: "There is nothing of that name.",
    409: "Its state does not allow it.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    422: "The request breaks a rule; every fault is in `errors`.",
    429: "Too many requests, or too many wrong keys.",
    500: "A fault of ours; the log has it under the same id.",
    503: "The service cannot answer now; nothing was lost.",
}
ALWAYS = (400, 401, 403, 422, 429, 500, 503)


class Fault(BaseModel):
    """`pointer` is a JSON Pointer (RFC 6901) into what was sent."""

    pointer: str
    code: str
    detail: str


class ProblemDocument(BaseModel):
    """RFC 9457. `code` is stable; `id` is there where the log knows more."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[Fault] = Field(default=[])
    id: str = ""


def documented(methods: Collection[str], *, takes_body: bool, names_something: bool) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer, for `responses`."""
    statuses = set(ALWAYS)
    if takes_body:
        statuses |= {413, 415}
    if names_something:
        statuses.add(404)
    if set(methods) - {"GET", "HEAD"}:
        statuses.add(409)
    schema = {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}
    found: dict[int | str, dict[str, Any]] = {}
    for status in sorted(statuses):
        found[status] = {"description": MEANING[status], "content": {MEDIA_TYPE: schema}}
        if status in (429, 503):
            found[status]["headers"] = RETRY_AFTER
    return found


def document(api: FastAPI, routes: Sequence[BaseRoute] | None = None) -> dict[str, Any]:
    """The document of these routes, or of all: who may call a part of them may read that part."""
    made = get_openapi(title=api.title, version=api.version, routes=api.routes if routes is None else routes)
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas.update(problem.pop("$defs"))
    schemas["ProblemDocument"] = problem
    return made

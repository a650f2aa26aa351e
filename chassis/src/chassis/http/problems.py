"""RFC 9457 problem documents: every HTTP error of ours names the field, the value and what would be accepted."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from contracts.bounds import FAULTS
from contracts.cutting import fewer
from contracts.faults import MORE, as_sent, code_of, more_faults, told

MEDIA_TYPE = "application/problem+json"
LONGEST_PATH = 200  # what is echoed is cut


class Problem(Exception):
    """An answer other than success. `errors` lists all faults at once, each `{pointer, code, detail}`.

    Of more than a hundred the last counts the others. `id` is given to what the log tells more about.
    """

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        *,
        errors: Sequence[dict[str, Any]] = (),
        headers: dict[str, str] | None = None,
        id: str = "",  # noqa: A002  as the document calls it
    ) -> None:
        super().__init__(detail or title)
        self.status, self.code, self.title, self.detail = status, code, title, detail
        self.errors, self.headers, self.id = fewer(FAULTS, FAULTS - 1, _rest)(list(errors)), headers, id


def _rest(left_out: Sequence[Any]) -> dict[str, str]:
    return {"pointer": "", "code": MORE, "detail": more_faults([one["code"] for one in left_out])}


def malformed(detail: str) -> Problem:
    """For a body that is no JSON; `detail` says where."""
    errors = [{"pointer": "", "code": "malformed", "detail": detail}]
    return Problem(400, "malformed", "The body is not JSON.", f"In the body: {detail}.", errors=errors)


def invalid(errors: Sequence[dict[str, Any]]) -> Problem:
    """For a request that breaks rules; `errors` are all of them, each `{pointer, code, detail}`."""
    detail = "Every fault is listed in `errors`."
    return Problem(422, "invalid", "The request breaks a rule.", detail, errors=errors)


def faults(
    errors: Sequence[Any],
    model: type[BaseModel] | None = None,
    body: Any = None,
    takes: Mapping[str, str] | None = None,
) -> list[dict[str, str]]:
    """The errors of a request in our words: a JSON pointer, a stable code, the value that was sent and what would do.

    Pointers go into the body, a `model`; for other parts of the request they begin with its name: `/query/limit`.
    `takes` says what those take, by `query/limit`.
    """
    sent = [{**error, "loc": _where(error)} for error in as_sent(errors[:FAULTS], {"body": body})]
    listed = told(sent, model, takes)
    counted = [{"pointer": "", "code": code_of(error), "detail": ""} for error in errors[FAULTS:]]
    return [one._asdict() for one in listed] + counted


def _where(error: Any) -> tuple[str | int, ...]:
    part, *inside = error["loc"] or ("body",)
    return tuple(inside if part == "body" else error["loc"])


def document(problem: Problem, path: str) -> bytes:
    """The problem document of a request to `path`."""
    body: dict[str, Any] = {
        "type": f"urn:dialtone:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": path[:LONGEST_PATH],
        "code": problem.code,
    }
    if problem.id:
        body["id"] = problem.id
    if problem.errors:
        body["errors"] = problem.errors
    # What is told of a body may hold half a surrogate pair, which UTF-8 has no bytes for.
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def answer(problem: Problem, request: Request) -> Response:
    """As `application/problem+json`."""
    return Response(document(problem, request.scope["path"]), problem.status, problem.headers, MEDIA_TYPE)

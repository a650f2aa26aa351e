"""RFC 9457 problem documents: every HTTP error of ours names the field, the value and what would be accepted."""

from collections.abc import Sequence
from typing import Any

from asyncpg import DataError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from contracts.faults import told

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """An answer other than success. `errors` lists all faults at once, each `{pointer, code, detail}`."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        *,
        errors: Sequence[dict[str, Any]] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail or title)
        self.status, self.code, self.title, self.detail = status, code, title, detail
        self.errors, self.headers = list(errors), headers


def fault(error: Any) -> dict[str, str]:
    """One error of a request in our words: a JSON pointer, a stable code, the value that was sent and what would do.

    Pointers go into the body; for other parts of the request they begin with its name, as in `/query/limit`.
    """
    part, *inside = error["loc"] or ("body",)
    where = inside if part == "body" else error["loc"]
    return told([{**error, "loc": tuple(where)}])[0]._asdict()


def answer(problem: Problem, request: Request) -> JSONResponse:
    """The problem document of an error, as `application/problem+json`."""
    body: dict[str, Any] = {
        "type": f"urn:dialtone:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.url.path,
        "code": problem.code,
    }
    if problem.errors:
        body["errors"] = problem.errors
    return JSONResponse(body, problem.status, problem.headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Turns our problems, FastAPI's validation errors and Starlette's errors into problem documents."""

    async def ours(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return answer(error, request)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        malformed = any(one["type"] == "json_invalid" for one in error.errors())
        problem = Problem(
            400 if malformed else 422,
            "malformed" if malformed else "invalid",
            "The body is not JSON." if malformed else "The request breaks a rule.",
            "Every fault is listed in `errors`.",
            errors=[fault(one) for one in error.errors()],
        )
        return answer(problem, request)

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        known = {404: ("not-found", "There is nothing here."), 405: ("not-allowed", "This method is not allowed.")}
        code, title = known.get(error.status_code, ("http", str(error.detail)))
        headers = dict(error.headers) if error.headers else None
        return answer(Problem(error.status_code, code, title, str(error.detail), headers=headers), request)

    async def not_storable(request: Request, _: Exception) -> JSONResponse:
        detail = "It contains a NUL character, or a number beyond all bounds."
        return answer(Problem(422, "invalid", "A value of the request cannot be kept.", detail), request)

    app.add_exception_handler(Problem, ours)
    app.add_exception_handler(DataError, not_storable)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)

"""What becomes of an exception: a problem document, always, and a line in the log where we are at fault."""

from uuid import uuid4

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.http.problems import Problem, answer, faults, invalid
from chassis.runtime.database import OUTAGE
from chassis.runtime.statements import DatabaseTooSlow
from contracts.echo import quoted

log = structlog.get_logger()


async def ours(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(error, request)


async def not_fitting(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    route = request.scope.get("route")
    takes = getattr(route, "takes", None)  # of a door of ours
    return answer(invalid(faults(error.errors(), body_model(route), error.body, takes)), request)


def body_model(route: BaseRoute | None) -> type[BaseModel] | None:
    """What the route takes, so that the fields of it can be named to who has misspelt one."""
    field = route.body_field if isinstance(route, APIRoute) else None
    kind = field.field_info.annotation if field else None
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


async def http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    match error.status_code:
        case 404:
            detail = f"No path is {quoted(request.scope['path'])}; `/openapi.json` has all there are."
            problem = Problem(404, "not-found", "There is nothing here.", detail)
        case 405:
            taken = ", ".join(methods(request))
            detail = f"{quoted(request.method)} is not taken on this path; it takes {taken}."
            problem = Problem(405, "not-allowed", "This method is not allowed.", detail, headers={"allow": taken})
        case _:
            problem = Problem(error.status_code, "http", str(error.detail), str(error.detail), headers=headers)
    return answer(problem, request)


def methods(request: Request) -> list[str]:
    """Of all routes of the path (RFC 9110 §10.2.1); the router knows those of the first."""
    found: set[str] = set()
    for route in (*request.app.state.routes, *request.app.routes):
        if isinstance(route, Route | APIRoute) and route.matches(request.scope)[0] is not Match.NONE:
            found |= set(route.methods or ())
    return sorted(found)


async def outage(request: Request, error: Exception) -> Response:
    log.warning("request met an outage", path=request.scope["path"], error=repr(error))
    detail = "Its database does not answer; send the request again."
    problem = Problem(503, "unavailable", "The service cannot answer now.", detail, headers={"retry-after": "5"})
    return answer(problem, request)


def install(api: FastAPI) -> None:
    """What our code and the libraries below it raise on purpose; `Unexpected` takes the rest."""
    api.add_exception_handler(Problem, ours)
    api.add_exception_handler(RequestValidationError, not_fitting)
    api.add_exception_handler(HTTPException, http)
    for kind in (*OUTAGE, DatabaseTooSlow):
        api.add_exception_handler(kind, outage)


class Unexpected:
    """Middleware: a bug is a problem document with an id, and its traceback is in the log under that id only."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            log.debug("client left before its request had arrived", path=scope["path"])
        except Exception as error:
            problem = Problem(500, "bug", "This is a fault of ours.", "It is in the log under `id`.", id=uuid4().hex)
            log.exception("request failed", id=problem.id, path=scope["path"], exc_info=error)
            if begun:  # half an answer cannot be taken back: the server breaks the connection
                raise
            await answer(problem, Request(scope))(scope, receive, send)

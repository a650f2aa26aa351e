"""The routes of every service: the parameters, the body, the key, the work; a stranger is told 401 and nothing else.

A small request without a fault is asked for its key once, where the route asks who it is. The key comes first when the
body is large or a parameter is wrong, and before any fault of a small body is answered.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import solve_dependencies
from fastapi.routing import APIRoute
from fastapi.security.base import SecurityBase

from chassis.http.contention import tried_again
from chassis.http.json_bodies import JsonRequest, has_body, is_large, require_kind
from chassis.http.openapi import documented
from chassis.http.parameters import are_known, known_to, require_known, require_names, taken_by
from chassis.http.problems import Problem
from contracts.content_types import JSON

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class GuardedRoute(APIRoute):
    """Judges in the order in which strangers cost least, and documents what it may answer beside success."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        names_something = bool(self.param_convertors)
        problems = documented(self.methods or (), takes_body=bool(self.kinds), names_something=names_something)
        self.responses = {**problems, **self.responses}

    @cached_property
    def takes(self) -> dict[str, str]:
        """What its query takes, for whoever sends something else: made when somebody first does."""
        return taken_by(self.dependant)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The media types of a body that FastAPI reads, or that the route reads itself, see `chassis.http.bodies`."""
        own = (self.openapi_extra or {}).get("requestBody", {}).get("content", {})
        return (JSON,) if self.body_field is not None else tuple(own)

    def get_route_handler(self) -> Handler:
        handle, known, kinds = super().get_route_handler(), known_to(self.dependant), self.kinds
        guard = Dependant(dependencies=list(credentials(self.dependant)))

        async def ask_who(request: Request) -> None:
            async with in_time(request.app.state.answer_within):
                await solve_dependencies(
                    request=request,
                    dependant=guard,
                    async_exit_stack=request.scope["fastapi_inner_astack"],
                    embed_body_fields=False,
                )

        async def judge(request: JsonRequest) -> None:
            require_names(request.path_params)
            if request.query_params:
                require_known(request.query_params, known)
            if kinds and has_body(request):
                require_kind(request, kinds)
                if self.body_field is not None:
                    await request.json()

        async def open_door(request: Request) -> Response:
            request = JsonRequest(request.scope, request.receive)
            if (kinds and is_large(request)) or not are_known(request.query_params, known):
                await ask_who(request)
            try:
                await judge(request)
            except Problem:
                await ask_who(request)  # a stranger is told nothing but that
                raise
            async with in_time(request.app.state.answer_within):
                return await tried_again(lambda: handle(request), lambda: not request.is_streamed)

        return open_door


@asynccontextmanager
async def in_time(seconds: float) -> AsyncIterator[None]:
    """Nobody waits for ever: Problem 503 when the block takes longer, whatever it waits for."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if limit.expired():
            raise late(seconds) from error
        raise


def late(seconds: float) -> Problem:
    detail = f"There was no answer within {seconds:g} s; look what became of it, or send it again."
    return Problem(503, "too-slow", "The service cannot answer in time.", detail, headers={"retry-after": "5"})


def credentials(dependant: Dependant) -> Iterator[Dependant]:
    """The dependencies of a route that stand on a security scheme: they say who asks."""
    return (one for one in dependant.dependencies if _needs_key(one))


def _needs_key(dependant: Dependant) -> bool:
    return isinstance(dependant.call, SecurityBase) or any(map(_needs_key, dependant.dependencies))


def make_router(tag: str) -> APIRouter:
    """The router of a resource; its routes are doors."""
    return APIRouter(tags=[tag], route_class=GuardedRoute, redirect_slashes=False)

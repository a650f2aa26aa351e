"""An HTTP API of a service: its routers and those of all behind the one door, problem documents, and the schema."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from chassis.http import failures, openapi, unsendable
from chassis.http.access import Known, stated, unguarded
from chassis.http.body_limit import BodyLimit
from chassis.http.principals import Principals
from chassis.http.rates import Rate
from chassis.http.routes import GuardedRoute
from chassis.http.throttle import Throttle
from chassis.http.wellformed import WellFormed
from chassis.messaging.unit import Units
from chassis.runtime.settings import ServiceSettings

HEADERS_IN = ("authorization", "on-behalf-of", "content-type", "idempotency-key", "if-match", "if-none-match")
HEADERS_OUT = ("location", "etag", "retry-after", "idempotent-replayed")


def make_api(
    name: str,
    *routers: APIRouter,
    settings: ServiceSettings,
    units: Units,
    principals: Principals,
    larger_bodies: Mapping[str, int] | None = None,
    **state: Any,
) -> FastAPI:
    """`units`, `principals` and what is in `state` reach the routes through dependencies, see `chassis.http.access`.

    `larger_bodies` are limits in bytes by the beginning of a path, for what is more than an ordinary request. Raises
    TypeError for a route that states no scope: better no start than a door without a lock.
    """
    routers = (*routers, unsendable.router)
    open_doors = [path for router in routers for path in unguarded(router)]
    if open_doors:
        raise TypeError(f"{name} has routes without a scope: {', '.join(open_doors)}")
    api = FastAPI(
        title=name,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        middleware=middleware(settings, principals, larger_bodies or {}),
    )
    api.state.units, api.state.principals = units, principals
    api.state.answer_within = settings.http_answer_seconds
    for key, value in state.items():
        setattr(api.state, key, value)
    for router in routers:
        assert router.route_class is GuardedRoute, f"a router of {name} was not made by chassis.http.routes.make_router"
        api.include_router(router)
    api.state.routes = [route for router in routers for route in router.routes]
    add_schema(api, api.state.routes)
    failures.install(api)
    return api


def middleware(settings: ServiceSettings, principals: Principals, larger_bodies: Mapping[str, int]) -> list[Middleware]:
    """From the outside in: what is cheapest to refuse comes first."""
    layers = [Middleware(failures.Unexpected)]
    if settings.http_cors_origins:
        cors = Middleware(
            CORSMiddleware,
            allow_origins=settings.http_cors_origins,
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=HEADERS_IN,
            expose_headers=HEADERS_OUT,
        )
        layers.append(cors)
    return [
        *layers,
        Middleware(WellFormed),
        Middleware(
            Throttle,
            requests=Rate(settings.http_requests_per_second, settings.http_requests_burst),
            wrong_keys=Rate(settings.http_wrong_keys_per_second, settings.http_wrong_keys_burst),
            verifies=principals.verifies,
        ),
        Middleware(BodyLimit, largest=settings.http_body_bytes, larger=larger_bodies),
    ]


def add_schema(api: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """`/openapi.json`: whoever is known reads the part that they may call."""
    made: dict[tuple[str, ...], dict[str, Any]] = {}

    async def schema(reader: Known) -> dict[str, Any]:
        part = [route for route in routes if (needs := stated(route)) is not None and needs.admits(reader)]
        paths = tuple(f"{getattr(route, 'methods', '')}{getattr(route, 'path', '')}" for route in part)
        if paths not in made:
            made[paths] = openapi.document(api, part)
        return made[paths]

    api.router.route_class = GuardedRoute
    api.add_api_route("/openapi.json", schema, include_in_schema=False)

"""An HTTP API of a service: its routers and those of all, problem documents for errors, the schema for operators."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI

from chassis.http import problems, unsendable
from chassis.http.access import Operators, operator
from chassis.messaging.unit import Units


def make_api(name: str, *routers: APIRouter, units: Units, operators: Operators, **state: Any) -> FastAPI:
    """`units`, `operators` and what is in `state` reach the routes through dependencies, see `chassis.http.access`."""
    api = FastAPI(title=name, docs_url=None, redoc_url=None, openapi_url=None)
    api.state.units, api.state.operators = units, operators
    for key, value in state.items():
        setattr(api.state, key, value)
    for router in (*routers, unsendable.router):
        api.include_router(router)
    api.add_api_route("/openapi.json", api.openapi, dependencies=[Depends(operator)], include_in_schema=False)
    problems.install(api)
    return api

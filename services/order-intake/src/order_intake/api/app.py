"""The HTTP edge of order-intake, put together."""

from fastapi import FastAPI

from chassis.http.access import Operators
from chassis.runtime.database import Pool
from order_intake.api import ops, orders
from order_intake.api.principals import Principals
from order_intake.application.runs import Runs
from order_intake.store.partners import Partners


def make(pool: Pool, runs: Runs, partners: Partners, operators: Operators, *, replay_limit: int) -> FastAPI:
    api = FastAPI(title="order-intake", docs_url=None, redoc_url=None, openapi_url=None)
    principals = Principals(partners, operators)
    api.include_router(orders.routes(pool, runs, principals))
    api.include_router(ops.routes(pool, runs, partners, principals, replay_limit=replay_limit))
    return api

"""Every route of every service says which scope it needs and whether partners may take it, and here is which."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from fastapi import APIRouter

from chassis.http import unsendable
from chassis.http.access import stated
from contracts.partners import PARTNER_MAY_HAVE

SERVICES = ("order_intake", "catalog", "did_inventory", "broadsoft_provisioner", "ticketing")
KEYS = "/partners/{partner_id}/keys"
SCOPES = {
    ("order_intake", "POST /orders"): ("orders:write",),
    ("order_intake", "GET /orders"): ("orders:read",),
    ("order_intake", "GET /orders/{order_id}"): ("orders:read",),
    ("order_intake", "POST /orders/{order_id}/cancel"): ("orders:write",),
    ("order_intake", "PUT /orders/{order_id}/e911-location"): ("orders:write",),
    ("order_intake", "POST /orders/{order_id}/resume"): ("ops:write",),
    ("order_intake", "GET /dead-letters"): ("ops:read",),
    ("order_intake", "GET /dead-letters/{dl_id}"): ("ops:read",),
    ("order_intake", "POST /dead-letters/{dl_id}/replay"): ("ops:write",),
    ("order_intake", "POST /dead-letters/{dl_id}/discard"): ("ops:write",),
    ("order_intake", "GET /partners"): ("ops:read",),
    ("order_intake", "POST /partners"): ("ops:write",),
    ("order_intake", "PUT /partners/{partner_id}/rejections-topic"): ("ops:write",),
    ("order_intake", "POST /partners/{partner_id}/enterprises"): ("ops:write",),
    ("order_intake", f"GET {KEYS}"): ("credentials:read", "ops:read"),
    ("order_intake", f"POST {KEYS}"): ("credentials:write", "ops:write"),
    ("order_intake", f"POST {KEYS}/{{key_id}}/revoke"): ("credentials:write", "ops:write"),
    ("order_intake", f"POST {KEYS}/{{key_id}}/rotate"): ("credentials:write", "ops:write"),
    ("catalog", "GET /packages"): ("orders:read",),
    ("catalog", "GET /price-books"): ("billing:read",),
    ("catalog", "POST /price-books"): ("ops:write",),
    ("catalog", "GET /orders/{order_id}/charges"): ("billing:read",),
    ("catalog", "PUT /orders/{order_id}/billing-start"): ("billing:write",),
    ("catalog", "GET /orders/{order_id}/billing-changes"): ("billing:read",),
    ("catalog", "POST /billing/subscriptions/{subscription_id}/end"): ("billing:write",),
    ("catalog", "POST /quotes"): ("billing:read",),
    ("catalog", "GET /billing/lines"): ("billing:read",),
    ("catalog", "GET /billing/subscriptions"): ("billing:read",),
    ("catalog", "GET /billing/{customer_id}/statement"): ("billing:read",),
    ("catalog", "POST /billing/{customer_id}/charges"): ("ops:write",),
    ("catalog", "POST /billing/postings/{posting}/credit"): ("ops:write",),
    ("catalog", "GET /billing/reconciliation"): ("ops:read",),
    ("did_inventory", "GET /numbers"): ("numbers:read",),
    ("did_inventory", "POST /numbers"): ("ops:write",),
    ("did_inventory", "POST /numbers/import"): ("ops:write",),
    ("broadsoft_provisioner", "GET /orders/{order_id}/ledger"): ("ops:read",),
    ("ticketing", "GET /tickets"): ("tickets:read",),
    ("ticketing", "GET /tickets/{name}"): ("tickets:read",),
    ("ticketing", "POST /tickets/{name}/comment"): ("tickets:write",),
    ("ticketing", "POST /tickets/{name}/resolve"): ("tickets:write",),
}
# The same in every service.
SET_ASIDE = {
    "GET /unsendable": ("ops:read",),
    "GET /unsendable/{unsendable_id}": ("ops:read",),
    "POST /unsendable/{unsendable_id}/release": ("ops:write",),
    "POST /unsendable/{unsendable_id}/discard": ("ops:write",),
}
SCOPES |= {(service, route): scopes for service in SERVICES for route, scopes in SET_ASIDE.items()}
# What a partner may do, if its key has a scope for it: all that needs no scope of operators alone, and not these.
NOT_FOR_PARTNERS = {
    ("ticketing", "POST /tickets/{name}/resolve"),
    ("catalog", "POST /billing/subscriptions/{subscription_id}/end"),
} | {route for route, scopes in SCOPES.items() if all(scope.startswith("ops:") for scope in scopes)}


def routes(service: str) -> Iterator[Any]:
    """Of every router in the service's `api`."""
    api = import_module(f"{service}.api")
    for found in pkgutil.iter_modules(api.__path__, f"{service}.api."):
        for thing in vars(import_module(found.name)).values():
            if isinstance(thing, APIRouter):
                yield from thing.routes
    yield from unsendable.router.routes  # chassis.http.api adds these to every service


STATED_BY = {
    (service, f"{method} {route.path}"): stated(route)
    for service in SERVICES
    for route in routes(service)
    for method in route.methods
}
NEEDS = {route: needs for route, needs in STATED_BY.items() if needs is not None}
STATED = {route: needs.scopes if needs else () for route, needs in STATED_BY.items()}


def test_every_route_of_every_service_states_its_scope() -> None:
    assert [route for route, scopes in STATED.items() if not scopes] == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_scopes_are_those_that_are_written_here(service: str) -> None:
    written = {route: scopes for route, scopes in SCOPES.items() if route[0] == service}
    assert {route: scopes for route, scopes in STATED.items() if route[0] == service} == written


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_closed_to_partners_is_what_is_written_here(service: str) -> None:
    closed = {route for route in NEEDS if route[0] == service and not NEEDS[route].partners}
    assert closed == {route for route in NOT_FOR_PARTNERS if route[0] == service}


def test_what_operators_do_is_open_to_no_partner_unless_it_is_about_its_own_keys() -> None:
    operating = {path for (_, path), scopes in STATED.items() if any(one.startswith("ops:") for one in scopes)}
    shared = {path for (_, path), scopes in STATED.items() if path in operating and set(scopes) & PARTNER_MAY_HAVE}
    assert all(KEYS in path for path in shared)
    assert len(shared) == 4

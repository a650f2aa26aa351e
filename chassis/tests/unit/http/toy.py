"""A small API behind the door of all services, without a database."""

from collections.abc import Sequence
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from pydantic import BaseModel

from chassis.http.access import Needs, Principal, sha256
from chassis.http.api import make_api
from chassis.http.keyring import Keyring
from chassis.http.parameters import IN_DIGITS, Sought
from chassis.http.principals import Principals
from chassis.http.routes import make_router
from chassis.messaging.unit import Units
from chassis.runtime.clock import Clock
from chassis.runtime.database import Pool
from chassis.runtime.settings import ServiceSettings
from contracts.partners import PartnerKey

KEY = "key-of-olga"
GOOD = {"authorization": f"Bearer {KEY}"}
router = make_router("notes")
Operator = Annotated[Principal, Depends(Needs("orders:read"))]
BEHIND = [Depends(Needs("orders:read"))]  # of a route that does not ask who it is


class Note(BaseModel):
    text: str
    weight: int = 0


@router.post("/notes", status_code=201)
async def write(note: Note, _: Operator) -> Note:
    return note


@router.post("/imports")
async def take_in(note: Note, _: Operator) -> int:
    return len(note.text)


@router.post("/streams", openapi_extra={"requestBody": {"content": {"text/csv": {"schema": {"type": "string"}}}}})
async def take_stream(request: Request, _: Operator) -> list[int]:
    return [len(piece) async for piece in request.stream()]


@router.get("/notes")
async def read(
    _: Operator,
    limit: Annotated[int, Query(ge=1, le=500), IN_DIGITS] = 10,
    author: str = "",
    title: Sought = None,
    tag: Annotated[list[str] | None, Query()] = None,
) -> list[Note]:
    return [Note(text=title or author, weight=limit) for _ in tag or ()]


@router.get("/notes/{name}")
async def show(name: str, _: Operator) -> Note:
    return Note(text=name)


def settings_of(**changed: Any) -> ServiceSettings:
    return ServiceSettings(database_url="postgresql://nowhere", **changed)


async def no_partner(_: str) -> PartnerKey | None:
    return None


def toy_api(
    *routers: Any,
    before: Sequence[APIRouter] = (),
    larger_bodies: dict[str, int] | None = None,
    keyring: Keyring | None = None,
    **changed: Any,
) -> FastAPI:
    """The notes, and what else a test brings, `before` them where paths compete; `changed` are settings."""
    units = Units(cast(Pool, None), "toy", Clock())
    principals = Principals({"olga": sha256(KEY)}, keyring or Keyring(no_partner))
    settings = settings_of(**changed)
    return make_api(
        "toy",
        *before,
        router,
        *routers,
        settings=settings,
        units=units,
        principals=principals,
        larger_bodies=larger_bodies,
    )

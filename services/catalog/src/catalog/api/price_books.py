"""At what prices packages are sold: a partner sees what it is billed by, operators see all."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel

from catalog.domain.price_books import PriceBookVersion
from catalog.store import price_books
from chassis.http.access import Needs, Principal, Work
from chassis.http.routes import make_router
from contracts.catalog import ChargeKind

router = make_router("price books")
Reader = Annotated[Principal, Depends(Needs("billing:read"))]


class Price(BaseModel):
    package: str
    kind: ChargeKind
    unit_price: Decimal


class BookVersion(BaseModel):
    """A version without a partner is for everybody who has none."""

    partner_id: str | None
    name: str
    effective_from: date
    prices: list[Price]

    @classmethod
    def of(cls, partner_id: str | None, version: PriceBookVersion) -> "BookVersion":
        prices = [
            Price(package=package, kind=kind, unit_price=price) for (package, kind), price in version.prices.items()
        ]
        return cls(partner_id=partner_id, name=version.name, effective_from=version.effective_from, prices=prices)


@router.get("/price-books")
async def all_versions(work: Work, reader: Reader) -> list[BookVersion]:
    books = await price_books.read(work.pool)
    if reader.partner_id is not None:
        own = reader.partner_id if reader.partner_id in books else None
        books = {own: books.get(own, [])}
    return [BookVersion.of(partner_id, version) for partner_id, versions in books.items() for version in versions]

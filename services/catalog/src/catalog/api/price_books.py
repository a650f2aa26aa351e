"""At what prices packages are sold: a partner sees its own and everybody's, operators see all."""

from datetime import date
from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel

from catalog.domain.price_books import Lacking, PriceBookVersion
from catalog.store import price_books
from chassis.http.access import Needs, Principal, Work
from chassis.http.routes import make_router
from contracts.bounds import Money
from contracts.catalog import ChargeKind

router = make_router("price books")
Reader = Annotated[Principal, Depends(Needs("billing:read"))]


class Price(BaseModel):
    package: str
    kind: ChargeKind
    unit_price: Money


class BookVersion(BaseModel):
    """A version without a partner is everybody's. A partner's own goes before it: what that is lacking has everybody's
    price (`standard`), or is not sold to the partner (`refused`).
    """

    partner_id: str | None
    name: str
    effective_from: date
    lacking: Lacking
    prices: list[Price]

    @classmethod
    def of(cls, partner_id: str | None, version: PriceBookVersion) -> "BookVersion":
        prices = [
            Price(package=package, kind=kind, unit_price=price) for (package, kind), price in version.prices.items()
        ]
        return cls(
            partner_id=partner_id,
            name=version.name,
            effective_from=version.effective_from,
            lacking=version.lacking,
            prices=prices,
        )


@router.get("/price-books")
async def all_versions(work: Work, reader: Reader) -> list[BookVersion]:
    books = await price_books.read(work.pool)
    if reader.partner_id is not None:
        books = {whose: versions for whose, versions in books.items() if whose in (reader.partner_id, None)}
    return [BookVersion.of(partner_id, version) for partner_id, versions in books.items() for version in versions]

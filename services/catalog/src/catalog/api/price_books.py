"""At what prices packages are sold: a partner sees its own and everybody's, operators see all and add new versions."""

from datetime import date
from typing import Annotated

from fastapi import Depends, Response
from pydantic import BaseModel, Field

from catalog.api.dependencies import Packages
from catalog.application.adding_books import Added, DayTaken, NotToAdd, Wish, add_version
from catalog.domain.price_books import Lacking, PriceBookVersion
from catalog.domain.price_lists import Row
from catalog.store import price_books
from catalog.store.price_books import VersionIsFixed
from chassis.http.access import Needs, Operator, Principal, Work
from chassis.http.bodies import RequestBody
from chassis.http.problems import Problem, invalid
from chassis.http.routes import make_router
from contracts.bounds import IDENTIFIER, NAME, Day, Money
from contracts.catalog import BilledFrom, ChargeKind
from contracts.names import TypedName

router = make_router("price books")
Reader = Annotated[Principal, Depends(Needs("billing:read"))]
PRICES = 1_000  # of a version; some two hundred things are sold


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
    billed_from: BilledFrom
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
            billed_from=version.billed_from,
            prices=prices,
        )


class WrittenPrice(RequestBody):
    """A unit price in USD before tax, as text."""

    package: str = Field(max_length=NAME, examples=["Power User"])
    kind: str = Field(max_length=NAME, examples=["MRC"])
    unit_price: str = Field(max_length=NAME, examples=["19.90"])


class NewVersion(RequestBody):
    """A version never changes once it is there. Without a name it is called after its partner and its day.

    Orders are `billed_from` the start that they ask for, or from their activation if that is later.

    A dry run keeps nothing, and tells what it would be.
    """

    partner_id: str | None = Field(
        default=None, min_length=1, max_length=IDENTIFIER, description="the id of a partner, or null for everybody's"
    )
    name: Annotated[TypedName, Field(min_length=1, max_length=NAME)] | None = Field(
        default=None, examples=["standard/2099-01-01"], description="a name of 1 to 80 characters, or null"
    )
    effective_from: Day = Field(examples=["2099-01-01"])
    lacking: Lacking = "standard"
    billed_from: BilledFrom = "asked"
    prices: list[WrittenPrice] = Field(
        min_length=1,
        max_length=PRICES,
        examples=[[{"package": "Power User", "kind": "MRC", "unit_price": "19.90"}]],
    )
    dry_run: bool = False

    def wish(self) -> Wish:
        name = self.name or f"{self.partner_id or 'standard'}/{self.effective_from}"
        rows = [Row(one.package, one.kind, one.unit_price) for one in self.prices]
        return Wish(self.partner_id, name, self.effective_from, self.lacking, self.billed_from, rows)


class Changed(BaseModel):
    """Null where there is no price."""

    package: str
    kind: ChargeKind
    before: Money | None
    after: Money | None


class Unpriced(BaseModel):
    package: str
    kind: ChargeKind


class AddedVersion(BaseModel):
    """`before` names the version that was in effect on its day; `changes` are against that one. `lacks` is what is
    sold and has no price in it. `created` is false for a dry run, and for what is there already.
    """

    created: bool
    partner_id: str | None
    name: str
    effective_from: date
    lacking: Lacking
    prices: int
    before: str | None
    changes: list[Changed]
    lacks: list[Unpriced]

    @classmethod
    def of(cls, partner_id: str | None, added: Added, *, kept: bool) -> "AddedVersion":
        version = added.version
        return cls(
            created=added.created and kept,
            partner_id=partner_id,
            name=version.name,
            effective_from=version.effective_from,
            lacking=version.lacking,
            prices=len(version.prices),
            before=added.before.name if added.before else None,
            changes=[Changed(**one._asdict()) for one in added.differs],
            lacks=[Unpriced(package=package, kind=kind) for package, kind in added.lacks],
        )


@router.get("/price-books")
async def all_versions(work: Work, reader: Reader) -> list[BookVersion]:
    books = await price_books.read(work.pool)
    if reader.partner_id is not None:
        books = {whose: versions for whose, versions in books.items() if whose in (reader.partner_id, None)}
    return [BookVersion.of(partner_id, version) for partner_id, versions in books.items() for version in versions]


@router.post("/price-books", status_code=201, responses={200: {"model": AddedVersion, "description": "Nothing new."}})
async def add(new: NewVersion, work: Work, packages: Packages, operator: Operator, answer: Response) -> AddedVersion:
    """All of it or nothing; orders that are submitted from its day on are priced by it, within a minute. 409 for a
    version of that name with other prices, and for a day that another has.
    """
    try:
        added = await add_version(work, new.wish(), operator.who, packages, keep=not new.dry_run)
    except NotToAdd as error:
        raise invalid([one._asdict() for one in error.faults]) from None
    except VersionIsFixed as error:
        detail = f"{error} Give this one another name."
        raise Problem(409, VersionIsFixed.code, "The version cannot be added.", detail) from None
    except DayTaken as error:
        raise Problem(409, "day-taken", "There is a version for that day.", str(error)) from None
    if new.dry_run or not added.created:
        answer.status_code = 200
    return AddedVersion.of(new.partner_id, added, kept=not new.dry_run)

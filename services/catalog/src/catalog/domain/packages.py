"""The catalogue: the packages that are sold, by order type, in menu order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import cast, get_args

from contracts.catalog import ChargeKind, Fulfilment, NeedOfNumber

NUMBER_PACKAGE = "Number beyond the allowance"  # priced like a package, but on no menu


@dataclass(frozen=True, slots=True)
class Package:
    """A thing sold.

    `seats` is 1 if one of it is a BroadWorks user, else 0; each seat brings `free_numbers`. Hosted packages are built
    in BroadWorks, for billing ones nothing is built. Not `orderable`: only the back office applies it. `companion` is
    the one-time package sold with a monthly one. `guess` tells what the facts rest on: the name, or nothing yet. An
    order has one package at most of an `either_or` group. What is `withdrawn` is known but sold no more. People set up
    `elsewhere` what no platform of ours builds.
    """

    order_type: str
    name: str
    charges: tuple[ChargeKind, ...]
    seats: int
    free_numbers: int
    fulfilment: Fulfilment
    orderable: bool
    companion: str | None = None
    remark: str = ""
    guess: str = ""
    number: NeedOfNumber = "none"
    either_or: str = ""
    withdrawn: bool = False
    elsewhere: bool = False


class Catalogue:
    """Packages by their exact names. ValueError if two have the same name, or a companion is not among them."""

    def __init__(self, packages: Iterable[Package]) -> None:
        self.packages = tuple(packages)
        self.by_name: Mapping[str, Package] = {package.name: package for package in self.packages}
        self._by_plain_name = {_plain(name): name for name in self.by_name}
        if len(self.by_name) < len(self.packages):
            raise ValueError("two packages of the catalogue have the same name")
        lost = [p.companion for p in self.packages if p.companion is not None and p.companion not in self.by_name]
        if lost:
            raise ValueError(f"companions that are not in the catalogue: {lost}")

    def menu(self) -> dict[str, tuple[Package, ...]]:
        """Order type → its packages, both in menu order."""
        types = dict.fromkeys(package.order_type for package in self.packages)
        return {kind: tuple(p for p in self.packages if p.order_type == kind) for kind in types}

    def nearest(self, name: str) -> str | None:
        """The orderable package that was probably meant. Takes up to a millisecond: not for every item of an order."""
        for near in get_close_matches(_plain(name[:100]), self._by_plain_name, n=3, cutoff=0.7):
            package = self.by_name[self._by_plain_name[near]]
            if package.orderable and not package.withdrawn:
                return package.name
        return None


def package_from(row: Mapping[str, str]) -> Package:
    """A package from a row of text columns: charges joined by "+", flags 0 or 1. ValueError names the package."""
    charges, fulfilment = tuple(row["charges"].split("+")), row["fulfilment"]
    flags = row["seat"], row["orderable"], row["withdrawn"], row["elsewhere"]
    if (
        not row["package"].strip()
        or not set(charges) <= set(get_args(ChargeKind))
        or fulfilment not in ("hosted", "billing")
        or row["number"] not in get_args(NeedOfNumber)
        or not set(flags) <= {"0", "1"}
        or not row["free_numbers"].isdecimal()
    ):
        raise ValueError(f"package {row['package']!r} cannot be read from {dict(row)}")
    return Package(
        order_type=row["order_type"],
        name=row["package"],
        charges=cast("tuple[ChargeKind, ...]", charges),
        seats=int(row["seat"]),
        free_numbers=int(row["free_numbers"]),
        fulfilment=cast("Fulfilment", fulfilment),
        orderable=row["orderable"] == "1",
        companion=row["companion"] or None,
        remark=row["remark"],
        guess=row["guess"],
        number=cast("NeedOfNumber", row["number"]),
        either_or=row["either_or"],
        withdrawn=row["withdrawn"] == "1",
        elsewhere=row["elsewhere"] == "1",
    )


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("\u2013", "-").split())

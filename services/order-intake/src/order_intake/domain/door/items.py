"""What is ordered: packages on the menu, in quantities that one order can carry, and trunks that people can build."""

import ipaddress
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from contracts import names
from contracts.bounds import SEATS
from contracts.catalog import PackageOffered
from contracts.faults import Told, shown
from contracts.orders import OrderForm, Trunk
from order_intake.domain.door.rules import Rules

# As SDP and the trunking form name them (RFC 3551, RFC 6716).
CODECS = ("G711", "G711U", "G711A", "G722", "G726", "G729", "G729A", "iLBC", "OPUS", "T38")


def item_faults(form: OrderForm, rules: Rules) -> Iterator[Told]:
    if not (form.items or form.numbers or form.number_searches):
        yield Told("/items", "empty", "the order asks for nothing: add items or numbers")
    seats = 0
    trunks: set[str] = set()
    chosen: dict[str, str] = {}
    for index, item in enumerate(form.items):
        at, offer = f"/items/{index}", rules.offers.get(item.package)
        if offer is None:
            yield Told(f"{at}/package", "unknown-package", _unknown(item.package, rules.offers))
        elif not offer.orderable or offer.withdrawn:
            why = "is sold no more" if offer.withdrawn else "is applied by the back office; a portal cannot order it"
            yield Told(f"{at}/package", "not-orderable", f"{item.package!r} {why}")
        elif offer.either_or and chosen.setdefault(offer.either_or, item.package) != item.package:
            detail = f"{item.package!r} is ordered instead of {chosen[offer.either_or]!r}, not beside it"
            yield Told(f"{at}/package", "either-or", detail)
        elif offer.seats and item.trunk is None and seats <= SEATS:
            seats += offer.seats * item.quantity
            if seats > SEATS:
                detail = f"{item.quantity} more make {seats} seats; an order takes at most {SEATS}: split it"
                yield Told(f"{at}/quantity", "too-many-seats", detail)
        if item.trunk is not None:
            yield from _trunk_faults(item.trunk, f"{at}/trunk")
            if (name := names.key(item.trunk.name)) in trunks:
                detail = f"another trunk of the order is called {shown(item.trunk.name)}; give each its own name"
                yield Told(f"{at}/trunk/name", "twice", detail)
            trunks.add(name)


def _unknown(package: str, offers: Mapping[str, PackageOffered]) -> str:
    by_plain = {names.key(name): name for name, offer in offers.items() if offer.orderable and not offer.withdrawn}
    near = get_close_matches(names.key(package[:100]), by_plain, n=3, cutoff=0.6)
    meant = " or ".join(repr(by_plain[one]) for one in near)
    return f"{shown(package)} is not on the menu" + (f"; did you mean {meant}?" if meant else "; see the packages")


def _trunk_faults(trunk: Trunk, at: str) -> Iterator[Told]:
    if unknown := [shown(codec) for codec in trunk.codecs if codec not in CODECS]:
        detail = f"no codecs that we set up: {', '.join(unknown)}; expected some of {', '.join(CODECS)}"
        yield Told(f"{at}/codecs", "unknown-codec", detail)
    if trunk.registration != "static-ip":
        if trunk.static_ip:
            detail = f"{shown(trunk.static_ip)} is not used: the trunk registers; leave it out, or choose static-ip"
            yield Told(f"{at}/static_ip", "not-used", detail)
        return
    if (why := _no_peer(trunk.static_ip)) is not None:
        detail = f"{shown(trunk.static_ip)} {why}; a static-ip trunk needs the address of the PBX"
        yield Told(f"{at}/static_ip", "bad-ip", detail)


def _no_peer(text: str) -> str | None:
    """Why no PBX can be at this address; private ones can, behind a VPN."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "is no IP address"
    if "%" in text:
        return "names an interface of one machine"
    kinds = {
        "no host's address": address.is_unspecified or str(address) == "255.255.255.255",
        "an address of the machine itself": address.is_loopback,
        "a multicast address": address.is_multicast,
        "a link-local address": address.is_link_local,
        "a reserved address": isinstance(address, ipaddress.IPv4Address) and address.is_reserved,
    }
    return next((f"is {kind}" for kind, found in kinds.items() if found), None)

"""What is ordered: packages on the menu, in quantities that one order can carry, and trunks that people can build."""

import ipaddress
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from contracts import names
from contracts.bounds import SEATS
from contracts.catalog import PackageOffered
from contracts.echo import quoted
from contracts.faults import MOST_GUESSES, Told, shown
from contracts.orders import OrderForm, Trunk
from order_intake.domain.door.rules import Rules

# As SDP and the trunking form name them (RFC 3551, RFC 6716).
CODECS = ("G711", "G711U", "G711A", "G722", "G726", "G729", "G729A", "iLBC", "OPUS", "T38")
# "This network" (RFC 1122).
NOBODY = ipaddress.ip_network("0.0.0.0/8")
COMPATIBLE = ipaddress.ip_network("::/96")  # RFC 4291; `::` and `::1` are addresses of IPv6
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def item_faults(form: OrderForm, rules: Rules) -> Iterator[Told]:
    if not (form.items or form.numbers or form.number_searches):
        yield Told("/items", "empty", "the order asks for nothing: add items or numbers")
    seats = 0
    trunks: dict[str, str] = {}
    chosen: dict[str, str] = {}
    meant = _meant(form, rules.offers)
    for index, item in enumerate(form.items):
        at = f"/items/{index}"
        if rules.may_judge(f"{at}/package"):
            offer = rules.offers.get(item.package)
            if why := _why_not(item.package, offer, meant, chosen):
                yield Told(f"{at}/package", *why)
            elif offer and item.trunk is None and seats <= SEATS and rules.may_judge(f"{at}/quantity"):
                seats += offer.seats * item.quantity
                if seats > SEATS:
                    detail = f"{item.quantity} more make {seats} seats; an order takes at most {SEATS}: split it"
                    yield Told(f"{at}/quantity", "too-many-seats", detail)
        if item.trunk is not None:
            if rules.may_judge(f"{at}/package") and (unfit := _no_trunk(item.package, rules.offers.get(item.package))):
                yield Told(f"{at}/trunk", "not-a-trunk", unfit)
            yield from _trunk_faults(item.trunk, f"{at}/trunk", rules)
            if rules.may_judge(f"{at}/trunk/name"):
                yield from _name_faults(item.trunk.name, f"{at}/trunk/name", trunks)


def _why_not(
    package: str, offer: PackageOffered | None, meant: Mapping[str, str], chosen: dict[str, str]
) -> tuple[str, str] | None:
    """Code and detail of why it cannot be ordered. `chosen` remembers which of several that exclude each other was."""
    if offer is None:
        near = meant.get(package)
        hint = f"did you mean {near}?" if near else "see the packages"
        return "unknown-package", f"{shown(package)} is not on the menu; {hint}"
    if not offer.orderable or offer.withdrawn:
        why = "is sold no more" if offer.withdrawn else "is applied by the back office; a portal cannot order it"
        return "not-orderable", f"{quoted(package)} {why}"
    if offer.either_or and chosen.setdefault(offer.either_or, package) != package:
        return "either-or", f"{quoted(package)} is ordered instead of {quoted(chosen[offer.either_or])}, not beside it"
    return None


def _no_trunk(package: str, offer: PackageOffered | None) -> str:
    """Why people cannot build it as a trunk: lines that can be seats can be trunks, a fee or a feature cannot."""
    if offer is None or offer.seats or offer.fulfilment == "trunking":
        return ""
    what = "is a charge" if offer.fulfilment == "billing" else "is a service of hosted seats"
    return f"{quoted(package)} {what} and is not built as a trunk; leave the trunk out, or order lines with it"


def _name_faults(name: str, at: str, others: dict[str, str]) -> Iterator[Told]:
    """Adds the name to the `others`."""
    if (key := names.key(name)) in others:
        same = "" if others[key] == name else f", which is the same as {shown(name)}"
        detail = f"another trunk of the order is called {shown(others[key])}{same}; give each its own name"
        yield Told(at, "twice", detail)
    others.setdefault(key, name)


def _meant(form: OrderForm, offers: Mapping[str, PackageOffered]) -> dict[str, str]:
    """What is like the packages that are not on the menu; of many only the first are guessed at, which is slow."""
    unknown = dict.fromkeys(item.package for item in form.items if item.package not in offers)
    if not unknown:
        return {}
    by_plain = {names.key(name): name for name, offer in offers.items() if offer.orderable and not offer.withdrawn}
    return {
        name: " or ".join(
            repr(by_plain[one]) for one in get_close_matches(names.key(name[:100]), by_plain, n=3, cutoff=0.6)
        )
        for name in [*unknown][:MOST_GUESSES]
    }


def _trunk_faults(trunk: Trunk, at: str, rules: Rules) -> Iterator[Told]:
    if unknown := [shown(codec) for codec in trunk.codecs if codec not in CODECS]:
        detail = f"no codecs that we set up: {', '.join(unknown)}; expected some of {', '.join(CODECS)}"
        yield Told(f"{at}/codecs", "unknown-codec", detail)
    elif not trunk.codecs:
        yield Told(f"{at}/codecs", "empty", f"no codec is left; expected some of {', '.join(CODECS)}")
    elif twice := [codec for codec, count in Counter(trunk.codecs).items() if count > 1]:
        yield Told(f"{at}/codecs", "twice", f"{', '.join(twice)} stands in the list more than once; give each once")
    if not rules.may_judge(f"{at}/registration"):
        return
    if trunk.registration != "static-ip":
        if trunk.static_ip:
            detail = f"{shown(trunk.static_ip)} is not used: the trunk registers; leave it out, or choose static-ip"
            yield Told(f"{at}/static_ip", "not-used", detail)
        return
    if (why := _no_peer(trunk.static_ip)) is not None:
        detail = f"{shown(trunk.static_ip)} {why}; a static-ip trunk needs the address of the PBX"
        yield Told(f"{at}/static_ip", "bad-ip", detail)


def _beneath(address: Address) -> Address:
    """The address of IPv4 that one of IPv6 is another spelling of, or the way to; others as they are."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if (address in COMPATIBLE and int(address) > 1) or address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _no_peer(text: str) -> str | None:
    """Why no PBX can be at this address; private ones can, behind a VPN."""
    try:
        address = _beneath(ipaddress.ip_address(text))
    except ValueError:
        return "is no IP address"
    if "%" in text:
        return "names an interface of one machine"
    kinds = {
        "no host's address": address in NOBODY or address.is_unspecified,
        "an address of the machine itself": address.is_loopback,
        "a multicast address": address.is_multicast,
        "a link-local address": address.is_link_local,
        "a reserved address": address.is_reserved or getattr(address, "is_site_local", False),
    }
    return next((f"is {kind}" for kind, found in kinds.items() if found), None)

"""Time zones by their IANA names. Old names are understood, and kept by their new ones."""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import us

from contracts.faults import Told, shown
from contracts.orders import OrderForm

WHERE = "/customer/time_zone"
EXAMPLE = "expected an IANA name such as America/New_York"


def time_zone_faults(form: OrderForm) -> Iterator[Told]:
    zone = form.customer.time_zone
    if canonical(zone) is None:
        near = nearest(zone)
        meant = f"did you mean {near!r}?" if near else EXAMPLE
        yield Told(WHERE, "unknown-time-zone", f"{shown(zone)} is no time zone; {meant}")


def time_zone_warnings(form: OrderForm) -> Iterator[Told]:
    """A zone that the state of the place does not have: accepted, because borders are people's business."""
    place, zone = form.e911.location or form.customer.address, canonical(form.customer.time_zone)
    if place is None or zone is None:
        return
    zones = zones_of(place.state)
    if zones and zone not in zones:
        detail = f"{zone} is no time zone of {place.state}, which has {', '.join(zones)}; it is taken as it is"
        yield Told(WHERE, "zone-unlike-state", detail)


@lru_cache(maxsize=1024)
def canonical(name: str) -> str | None:
    """`US/Eastern` -> `America/New_York`; None for what is no zone of a place, and no UTC."""
    if name in ("UTC", "Etc/UTC"):
        return "UTC"
    places, links = _places(), _links()
    if name in places:
        return name
    target = links.get(name)
    return target if target in places else None


def nearest(name: str) -> str | None:
    """The zone that was probably meant."""
    by_plain = {zone.casefold(): zone for zone in _places()}
    near = get_close_matches(name[:64].casefold().replace(" ", "_"), by_plain, n=1, cutoff=0.75)
    return by_plain[near[0]] if near else None


@cache
def zones_of(state: str) -> tuple[str, ...]:
    """The zones of a US state or territory; empty where they are not known."""
    found = us.states.lookup(state, field="abbr") if len(state) == 2 else None
    known = (canonical(zone) for zone in found.time_zones) if found else ()
    return tuple(sorted({zone for zone in known if zone}))


@cache
def known(name: str) -> ZoneInfo:
    """Raises what ZoneInfo raises: only for names that `canonical` answers."""
    return ZoneInfo(name)


@cache
def _places() -> frozenset[str]:
    """The zones that the tz database lists for the countries of the world (`zone.tab`)."""
    lines = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8").splitlines()
    return frozenset(line.split("\t")[2] for line in lines if line and not line.startswith("#"))


@cache
def _links() -> dict[str, str]:
    """Other names of zones. `tzdata.zi` has them as lines `L target name`."""
    lines = (resources.files("tzdata") / "zoneinfo" / "tzdata.zi").read_text("utf-8").splitlines()
    return {name: target for line in lines if line.startswith("L ") for _, target, name in [line.split()]}

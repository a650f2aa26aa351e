"""Time zones by their IANA names. Old names are understood, and kept by their new ones."""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import us

from contracts.echo import quoted
from contracts.faults import Told, shown
from contracts.orders import OrderForm

WHERE = "/customer/time_zone"
# What clocks of the US are called, and whose zone is meant by it.
CLOCKS = {
    name: zone
    for names, zone in (
        ("EST EDT EST5EDT EASTERN", "America/New_York"),
        ("CST CDT CST6CDT CENTRAL", "America/Chicago"),
        ("MST MDT MST7MDT MOUNTAIN", "America/Denver"),
        ("PST PDT PST8PDT PACIFIC", "America/Los_Angeles"),
        ("AKST AKDT", "America/Anchorage"),
        ("HST HDT", "Pacific/Honolulu"),
        ("GMT ZULU Z", "UTC"),
    )
    for name in names.split()
}
EXAMPLE = "expected an IANA name such as America/New_York"


def time_zone_faults(form: OrderForm) -> Iterator[Told]:
    zone = form.customer.time_zone
    if canonical(zone) is None:
        near = nearest(zone)
        meant = f"did you mean {quoted(near)}?" if near else EXAMPLE
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
    """`US/Eastern` -> `America/New_York`; None for what names no place, and no UTC.

    `EST` names none, and the tz database has it as another name of Panama's zone.
    """
    if name in ("UTC", "Etc/UTC"):
        return "UTC"
    places, links = _places(), _links()
    if name in places:
        return name
    target = links.get(name) if "/" in name else None
    return target if target in places else None


def nearest(name: str) -> str | None:
    """The zone that was probably meant."""
    if name.upper() in CLOCKS:
        return CLOCKS[name.upper()]
    plain, by_plain = name[:64].casefold().replace(" ", "_"), _by_plain()
    if plain in by_plain:
        return by_plain[plain]
    near = get_close_matches(plain, by_plain, n=1, cutoff=0.75)
    return by_plain[near[0]] if near else None


@cache
def _by_plain() -> dict[str, str]:
    """Zones by their whole names and by those of their places alone, in small letters."""
    places = sorted(_places())
    return {zone.rpartition("/")[2].casefold(): zone for zone in places} | {zone.casefold(): zone for zone in places}


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

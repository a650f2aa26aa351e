"""From an order and what BroadWorks already has to the effects it needs, in order. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from broadsoft_provisioner.domain import effects, limits, naming, seats
from broadsoft_provisioner.domain.effects import Effect
from broadsoft_provisioner.domain.outcomes import Refused, conflict
from broadsoft_provisioner.domain.packages import Packages
from broadsoft_provisioner.domain.readback import Different, missing
from broadsoft_provisioner.domain.resources import shared
from broadsoft_provisioner.domain.seats import Wanted
from broadsoft_provisioner.domain.survey import Survey
from contracts.broadsoft import AddNumbers, ProvisionGroup


@dataclass(frozen=True, slots=True)
class Plan:
    """`effects` are what this order must do itself; `uses` names the shared things it relies on, ours or not."""

    effects: tuple[Effect, ...]
    uses: frozenset[str]


def plan(command: ProvisionGroup, packages: Packages, seen: Survey, promised: Collection[str] = ()) -> Plan | Refused:
    """Numbers and extensions go out in the order of the items. `seen` must answer every question of `asking`.

    `promised` are extensions that other orders have planned and that may not be there yet.
    """
    refused = _refusal(command, packages, seen)
    if refused:
        return refused
    wanted = seats.wanted(command.items, packages)
    numbers = list(command.numbers)
    seats.number_seats(wanted.seats, numbers)
    length = _extension_length(command, wanted, seen)
    if not seats.extend_seats(wanted.seats, naming.extensions([*_taken(seen), *promised], length)):
        return Refused("extensions-exhausted", f"The group has no {length}-digit extension left for every new seat.")
    everything = [
        *_enterprise(command, wanted, numbers, seen),
        *_group(command, wanted, numbers, length),
        *_users(command, wanted),
    ]
    return _difference(everything, seen, _always_used(command))


def plan_numbers(command: AddNumbers, seen: Survey) -> Plan | Refused:
    """Backordered numbers for a group that stands."""
    sp, group_id = command.service_provider_id, command.group_id
    if not seen.group:
        return Refused("group-missing", f"There is no group {group_id!r} in enterprise {sp!r}.")
    return _difference(number_effects(sp, group_id, list(command.numbers), batch(command)), seen, frozenset())


def batch(command: AddNumbers) -> str:
    """Marks the effects of one delivery: a number is delivered once."""
    return f" from {command.numbers[0]}" if command.numbers else ""


def number_effects(sp: str, group_id: str, numbers: list[str], mark: str = "") -> list[Effect]:
    """Each needs the one before. `mark` keeps the effects of one delivery of an order apart from another's."""
    if not numbers:
        return []
    return [
        effects.enterprise_numbers(sp, numbers, mark),
        effects.group_numbers(sp, group_id, numbers, mark),
        effects.active_numbers(sp, group_id, numbers, mark),
    ]


def _difference(everything: Iterable[Effect], seen: Survey, uses: frozenset[str]) -> Plan | Refused:
    """What is inside a thing this order makes needs no mention: the thing itself is protected."""
    effects_wanted = list(everything)
    ours = {effect.key for effect in effects_wanted}
    left = []
    for effect in effects_wanted:
        uses |= frozenset(shared(effect.do)) if effect.inside not in ours else frozenset()
        rest = missing(effect.do, seen)
        if isinstance(rest, Different):
            return conflict(effect.do.name, rest.detail)
        if rest:
            left.append(effect.doing(rest))
    return Plan(tuple(left), uses)


def _refusal(command: ProvisionGroup, packages: Packages, seen: Survey) -> Refused | None:
    return _unprovisionable(command, packages) or _misplaced(command, seen)


def _unprovisionable(command: ProvisionGroup, packages: Packages) -> Refused | None:
    if faults := list(limits.faults(command)):
        return Refused("not-provisionable", " ".join(faults))
    if unknown := seats.unknown(command.items, packages):
        return Refused("unknown-package", f"No mapping to BroadWorks for {', '.join(unknown)}.")
    if misfits := seats.misfits(command.items, packages):
        return Refused("not-a-seat", f"Ordered as users, but no seats in BroadWorks: {', '.join(misfits)}.")
    return None


def _misplaced(command: ProvisionGroup, seen: Survey) -> Refused | None:
    sp, group_id = command.enterprise.service_provider_id, command.group.group_id
    if not seen.enterprise and not command.enterprise.new:
        return Refused("enterprise-missing", f"There is no enterprise {sp!r} in BroadWorks.")
    if seen.group and command.group.new:
        return Refused("group-exists", f"Enterprise {sp!r} already has a group {group_id!r}.", "GroupAddRequest")
    if not seen.group and not command.group.new:
        return Refused("group-missing", f"There is no group {group_id!r} in enterprise {sp!r}.")
    return None


def _always_used(command: ProvisionGroup) -> frozenset[str]:
    sp, domain = command.enterprise.service_provider_id, command.group.domain.lower()
    kinds = [
        effects.system_domain(domain),
        effects.enterprise(command.enterprise, domain),
        effects.enterprise_domain(sp, domain),
        effects.group(sp, command.group),
    ]
    return frozenset(name for effect in kinds for name in shared(effect.do))


def _enterprise(command: ProvisionGroup, wanted: Wanted, numbers: list[str], seen: Survey) -> Iterator[Effect]:
    """A new enterprise has its default domain by itself."""
    sp, domain = command.enterprise.service_provider_id, command.group.domain.lower()
    if not seen.enterprise or domain not in seen.enterprise_domains:
        yield effects.system_domain(domain)
    if command.enterprise.new:
        yield effects.enterprise(command.enterprise, domain)
    if seen.enterprise:
        yield effects.enterprise_domain(sp, domain)
    if wanted.group_services or wanted.user_services:
        yield effects.enterprise_services(sp, wanted.group_services, wanted.user_services)
    for pack in wanted.packs:
        yield effects.pack(sp, pack.name, pack.user_services)
    if numbers:
        yield effects.enterprise_numbers(sp, numbers)


def _group(command: ProvisionGroup, wanted: Wanted, numbers: list[str], length: int) -> Iterator[Effect]:
    """A new group has its default domain by itself."""
    sp, group = command.enterprise.service_provider_id, command.group
    if group.new:
        yield effects.group(sp, group)
    else:
        yield effects.group_domain(sp, group.group_id, group.domain.lower())
    yield from number_effects(sp, group.group_id, numbers)[1:]
    if group.new:
        yield effects.extension_length(sp, group.group_id, length)
    packs = [pack.name for pack in wanted.packs]
    if packs or wanted.group_services or wanted.extras:
        yield effects.group_authorisations(sp, group.group_id, packs, wanted.group_services, wanted.extras)
    if wanted.group_services:
        yield effects.group_services(sp, group.group_id, wanted.group_services)


def _users(command: ProvisionGroup, wanted: Wanted) -> Iterator[Effect]:
    sp, group = command.enterprise.service_provider_id, command.group
    owner = effects.ids(sp, group.group_id)
    people = [(naming.user_id(sp, group.group_id, seat.extension, group.domain), seat) for seat in wanted.seats]
    for user_id, seat in people:
        yield effects.user(owner, user_id, seat.extension, seat.number, group.time_zone, seat.package.name)
    for user_id, seat in people:
        yield effects.user_services(user_id, seat.extension, seat.extras, [seat.package.name])


def _extension_length(command: ProvisionGroup, wanted: Wanted, seen: Survey) -> int:
    if not command.group.new and seen.extension_lengths:
        return int(seen.extension_lengths[2])
    return naming.extension_length(len(wanted.seats))


def _taken(seen: Survey) -> list[str]:
    return [user.extension for user in seen.users.values()] + [n.extension for n in seen.group_numbers.values()]

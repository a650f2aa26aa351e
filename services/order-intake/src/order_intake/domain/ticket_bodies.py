"""What the tickets carry, so that nobody needs a paper form: names and values in the order people read them."""

from collections.abc import Iterator
from datetime import timedelta

from contracts.orders import Address, OrderItem
from contracts.tickets import Detail, OpenSetupTicket, TicketRequest
from order_intake.domain.subject import Subject

TRUNKING_LEAD = timedelta(days=7)  # five business days


def address_line(address: Address) -> str:
    """On one line, as an envelope has it."""
    street = f"{address.street} {address.unit}".strip()
    return f"{street}, {address.city}, {address.state} {address.zip}"


def order(subject: Subject) -> TicketRequest:
    """Follows the whole order, and is closed with it."""
    return TicketRequest(
        kind="order",
        summary=f"Order {subject.form.external_id}: {subject.form.customer.account_name}",
        details=tuple(_identity(subject)),
    )


def trunking(subject: Subject) -> Iterator[TicketRequest]:
    """One ticket per trunk group; numbers for trunking without a trunk group get one ticket of their own."""
    items = [(str(index), item) for index, item in enumerate(subject.form.items, 1) if item.trunk is not None]
    for item_id, item in items:
        assert item.trunk is not None
        yield _trunking(subject, item_id, item.trunk.name, tuple(_trunk_group(item)))
    if not items and subject.trunking():
        yield _trunking(subject, "", "numbers for trunking", ())


def backorder(subject: Subject) -> TicketRequest:
    """Which numbers are missing; the order must have been answered by the inventory."""
    assert subject.reserved is not None
    wanted = [
        Detail(name=f"{one.npa}{'-' + one.nxx if one.nxx else ''}", value=f"{one.quantity} numbers")
        for one in subject.reserved.backordered
    ]
    missing = sum(one.quantity for one in subject.reserved.backordered)
    return TicketRequest(
        kind="backorder",
        summary=f"{missing} numbers backordered for {subject.form.customer.account_name}",
        details=(*_identity(subject), *wanted),
    )


def setup(subject: Subject) -> OpenSetupTicket:
    """Asks people for all that no platform of ours builds; the order must have been priced."""
    wanted = [Detail(name="package", value=f"{item.quantity} x {item.package}") for item in subject.elsewhere()]
    activation = subject.form.requested_activation
    return OpenSetupTicket(
        order_id=subject.order_id,
        run=subject.run,
        partner_id=subject.partner_id,
        summary=f"{len(wanted)} packages to set up elsewhere for {subject.form.customer.account_name}",
        details=(*_identity(subject), *wanted),
        due=activation.astimezone(subject.zone).date() if activation else None,
        time_zone=subject.form.customer.time_zone,
    )


def e911(subject: Subject) -> TicketRequest:
    """Asks people for the location without which the order waits at its gate."""
    return TicketRequest(
        kind="e911",
        summary=f"911 location missing for {subject.form.customer.account_name}",
        details=tuple(_identity(subject)),
    )


def _trunking(subject: Subject, item_id: str, name: str, trunk_group: tuple[Detail, ...]) -> TicketRequest:
    activation = subject.form.requested_activation
    return TicketRequest(
        kind="trunking",
        item_id=item_id,
        summary=f"Trunking {name}: {subject.form.customer.account_name}",
        details=(*_identity(subject), *trunk_group, *_numbers(subject), *_e911(subject)),
        due=activation.date() - TRUNKING_LEAD if activation else None,
    )


def _identity(subject: Subject) -> Iterator[Detail]:
    form = subject.form
    yield Detail(name="order", value=subject.order_id)
    yield Detail(name="external id", value=form.external_id)
    yield Detail(name="enterprise", value=form.enterprise)
    yield Detail(name="customer", value=form.customer.account_name)
    yield Detail(name="domain", value=form.customer.domain)
    yield Detail(name="time zone", value=form.customer.time_zone)
    if form.requested_activation:
        yield Detail(name="requested activation", value=form.requested_activation.isoformat())
    if subject.priced:
        yield Detail(name="billing start", value=subject.priced.billing_start.isoformat())
    if form.notes:
        yield Detail(name="notes", value=form.notes)


def _trunk_group(item: OrderItem) -> Iterator[Detail]:
    trunk = item.trunk
    assert trunk is not None
    yield Detail(name="package", value=f"{item.quantity} x {item.package}")
    yield Detail(name="trunk group", value=trunk.name)
    yield Detail(name="call paths", value=str(trunk.call_paths))
    yield Detail(name="PBX", value=trunk.pbx or "not told")
    where = f"static IP {trunk.static_ip}" if trunk.registration == "static-ip" else "registers"
    yield Detail(name="registration", value=where)
    yield Detail(name="codecs", value=", ".join(trunk.codecs))


def _numbers(subject: Subject) -> Iterator[Detail]:
    numbers = [one.number for one in subject.reserved.numbers if one.trunking] if subject.reserved else []
    yield Detail(name="numbers", value=", ".join(numbers) or "none")


def _e911(subject: Subject) -> Iterator[Detail]:
    e911 = subject.form.e911
    yield Detail(name="911 location", value=address_line(e911.location) if e911.location else e911.reason or "missing")

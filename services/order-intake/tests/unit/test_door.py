"""The rules of an order form at the door: every fault has its code, its pointer and the value that was sent."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import documents, names
from contracts.orders import E911, Address, Fault, NumberChoice, NumberSearch, OrderItem, Trunk
from order_intake.domain.door import zones
from order_intake.domain.door.judging import Judged, judge
from order_intake.domain.door.rules import Rules

from ..builders import MARKET_STREET, MENU, NOW, PLAIN, SEATS, TRUNK, customer, form

HAWAII = E911(location=Address(street="1 Kalakaua Ave", city="Honolulu", state="HI", zip="96815"))
BY_MONTH = OrderItem(package="Call Control Tool Bar - MRC Option")
AT_ONCE = OrderItem(package="Call Control Tool Bar - NRC Option")
MANY = NumberSearch(npa="973", quantity=1001)


def judged(now: datetime = NOW, **facts: Any) -> Judged:
    """The form of the builders, with these facts, as JSON that a portal sends."""
    return judge(documents.read(form(now, **facts).model_dump_json()), Rules(now, MENU, fiction=True))


def found(**facts: Any) -> list[Fault]:
    return list(judged(**facts).faults)


def trunk(static_ip: str) -> OrderItem:
    return OrderItem(package="Enterprise Basic", trunk=Trunk(name="A", registration="static-ip", static_ip=static_ip))


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"kind": "new-group"},
        {"kind": "add-services"},
        {"customer": customer(email="")},
        {"customer": customer(time_zone="Pacific/Honolulu", domain="a.b-c.example"), "e911": HAWAII},
        {"customer": customer(time_zone="UTC")},
        {"items": (), "numbers": (PLAIN,)},
        {"items": (), "number_searches": (NumberSearch(npa="973", quantity=1),)},
        {"items": (), "number_searches": (MANY, NumberSearch(npa="973", quantity=999))},
        {"items": (TRUNK,), "e911": E911(required=False, reason="trunk_customer_ali")},
        {"items": (TRUNK.model_copy(update={"quantity": 1_200}),)},
        {
            "items": (
                OrderItem(
                    package="Enterprise Basic", trunk=Trunk(name="A", registration="static-ip", static_ip="192.0.2.7")
                ),
            )
        },
        {
            "items": (
                OrderItem(
                    package="Enterprise Basic",
                    trunk=Trunk(name="A", registration="static-ip", static_ip="2606:4700::7"),
                ),
            )
        },
        {"e911": E911()},
        {"e911": E911(reason="location_later")},
        {"requested_activation": None},
        {"requested_activation": NOW},
        {"requested_activation": datetime.fromisoformat("2027-03-01T07:00:00-05:00")},
        {"billing_start": date(2027, 3, 1)},
        {"billing_start": date(2028, 1, 1)},
    ],
)
def test_a_form_that_can_be_fulfilled_has_no_fault(facts: dict[str, Any]) -> None:
    assert found(**facts) == []


def place(**facts: str) -> E911:
    return E911(location=Address(**{**MARKET_STREET.model_dump(), **facts}))


@pytest.mark.parametrize(
    ("facts", "pointer", "code", "told"),
    [
        ({"customer": customer(time_zone="Mars/Olympus")}, "/customer/time_zone", "unknown-time-zone", "Mars/Olympus"),
        (
            {"customer": customer(time_zone="America/New York City")},
            "/customer/time_zone",
            "unknown-time-zone",
            "America/New_York",
        ),
        ({"customer": customer(time_zone="../UTC")}, "/customer/time_zone", "unknown-time-zone", "../UTC"),
        ({"customer": customer(time_zone="America")}, "/customer/time_zone", "unknown-time-zone", "America"),
        ({"customer": customer(domain="www.h.example")}, "/customer/domain", "domain-with-www", "'h.example'"),
        ({"customer": customer(domain="WWW.h.example")}, "/customer/domain", "domain-with-www", "'h.example'"),
        ({"customer": customer(domain="")}, "/customer/domain", "bad-domain", "needed for provisioning"),
        ({"customer": customer(domain="localhost")}, "/customer/domain", "bad-domain", "localhost"),
        ({"customer": customer(domain="-a.example")}, "/customer/domain", "bad-domain", "-a.example"),
        ({"customer": customer(domain="a..example")}, "/customer/domain", "bad-domain", "a..example"),
        ({"customer": customer(domain="a b.example")}, "/customer/domain", "bad-domain", "a b.example"),
        ({"customer": customer(domain="h.example\n")}, "/customer/domain", "control-character", "U+000A"),
        ({"customer": customer(email="nobody")}, "/customer/email", "bad-email", "nobody"),
        ({"customer": customer(email="a@b@c.example")}, "/customer/email", "bad-email", "a@b@c.example"),
        ({"customer": customer(email="a@b.example\n")}, "/customer/email", "control-character", "U+000A"),
        ({"items": ()}, "/items", "empty", "add items or numbers"),
        ({"number_searches": (MANY, MANY)}, "/number_searches/1/quantity", "too-many-numbers", "at most 2000"),
        ({"numbers": (NumberChoice(number="201 555-014"),)}, "/numbers/0/number", "not-a-number", "+1NPANXXXXXX"),
        ({"numbers": (NumberChoice(number="+442079460000"),)}, "/numbers/0/number", "not-a-number", "+442079460000"),
        ({"numbers": (NumberChoice(number="+11015550142"),)}, "/numbers/0/number", "not-a-number", "+11015550142"),
        ({"numbers": (NumberChoice(number="+12011550142"),)}, "/numbers/0/number", "not-a-number", "+12011550142"),
        ({"numbers": (NumberChoice(number="+12015550142\n"),)}, "/numbers/0/number", "control-character", "U+000A"),
        ({"numbers": (NumberChoice(number="+1201555014\uff12"),)}, "/numbers/0/number", "not-a-number", "+1201555014"),
        ({"numbers": (PLAIN, PLAIN)}, "/numbers/1/number", "twice", "+12015550142"),
        ({"e911": E911(required=False)}, "/e911/reason", "reason-missing", "fax_only"),
        ({"e911": E911(reason="fax_only")}, "/e911/reason", "reason-contradicts", "set required to false"),
        ({"e911": E911(required=False, reason="location_later")}, "/e911/reason", "reason-contradicts", "location"),
        ({"e911": place(street="PO Box 1")}, "/e911/location/street", "not-a-place", "PO Box 1"),
        ({"e911": place(street="Market St")}, "/e911/location/street", "no-house-number", "Market St"),
        ({"e911": place(state="XX")}, "/e911/location/state", "unknown-state", "XX"),
        ({"items": (BY_MONTH, AT_ONCE)}, "/items/1/package", "either-or", "MRC Option"),
        ({"items": (OrderItem(package="Enterprise Old"),)}, "/items/0/package", "not-orderable", "sold no more"),
        ({"items": (SEATS, trunk(""))}, "/items/1/trunk/static_ip", "bad-ip", "static-ip"),
        ({"items": (trunk("256.1.1.1"),)}, "/items/0/trunk/static_ip", "bad-ip", "256.1.1.1"),
        ({"requested_activation": datetime(2027, 4, 1)}, "/requested_activation", "no-offset", "2027-04-01"),  # noqa: DTZ001
        ({"requested_activation": NOW - timedelta(seconds=1)}, "/requested_activation", "past", "2027-03-01T11:59:59"),
        ({"billing_start": date(2027, 2, 28)}, "/billing_start", "too-early", "2027-03-01"),
    ],
)
def test_a_fault_tells_where_it_is_and_what_was_sent(facts: dict[str, Any], pointer: str, code: str, told: str) -> None:
    (fault,) = found(**facts)
    assert (fault.pointer, fault.code) == (pointer, code)
    assert told in fault.detail


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"external_id": "PO\0-1"}, "/external_id"),
        ({"enterprise": "Harbor\0"}, "/enterprise"),
        ({"customer": customer(account_name="\0Harbor")}, "/customer/account_name"),
        ({"customer": customer(last_name="Rey\0es")}, "/customer/last_name"),
        ({"notes": "No\0"}, "/notes"),
        ({"items": (OrderItem(package="Seat\0"),)}, "/items/0/package"),
        ({"e911": place(city="Morris\0town")}, "/e911/location/city"),
    ],
)
def test_a_character_that_no_database_keeps_is_a_fault(facts: dict[str, Any], pointer: str) -> None:
    assert [fault.pointer for fault in found(**facts)] == [pointer]


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"external_id": " "}, "/external_id"),
        ({"enterprise": "   "}, "/enterprise"),
        ({"customer": customer(account_name="\t")}, "/customer/account_name"),
    ],
)
def test_a_name_of_nothing_but_blanks_is_a_fault(facts: dict[str, Any], pointer: str) -> None:
    assert [fault.pointer for fault in found(**facts)] == [pointer]


@given(st.text(min_size=1, max_size=20))
def test_any_text_with_a_control_character_or_nothing_but_blanks_is_a_fault(text: str) -> None:
    control = any(names.forbidden(one) and one not in "\t\n\r" for one in text)
    codes = [fault.code for fault in found(notes=text)]
    unseen = not names.is_seen(text)
    assert codes == (["control-character"] if control else ["blank"] if unseen else [])


def test_every_fault_is_told_at_once() -> None:
    told = found(
        customer=customer(time_zone="Nowhere/There", domain="", email="x"),
        items=(trunk("x"),),
        numbers=(PLAIN, PLAIN, NumberChoice(number="0000000000")),
        e911=E911(required=False, location=MARKET_STREET.model_copy(update={"state": "XX"})),
        requested_activation=NOW - timedelta(days=1),
    )
    assert [fault.pointer for fault in told] == [
        "/customer/time_zone",
        "/customer/domain",
        "/customer/email",
        "/e911/reason",
        "/e911/location/state",
        "/items/0/trunk/static_ip",
        "/numbers/1/number",
        "/numbers/2/number",
        "/requested_activation",
    ]


def test_the_present_month_is_the_customers() -> None:
    """Late on 31 March in Honolulu it is April in London already."""
    now = datetime(2027, 4, 1, 3, tzinfo=UTC)
    honolulu, london = customer(time_zone="Pacific/Honolulu"), customer(time_zone="Europe/London")
    assert judged(now, customer=honolulu, billing_start=date(2027, 3, 1)).faults == ()
    assert [one.code for one in judged(now, customer=london, billing_start=date(2027, 3, 1)).faults] == ["too-early"]


def test_a_registering_trunk_needs_no_address() -> None:
    assert found(items=(TRUNK,)) == []


@pytest.mark.parametrize("name", ["America/New_York", "America/Indiana/Knox", "Europe/Stockholm", "UTC"])
def test_iana_names_of_places_are_kept(name: str) -> None:
    assert zones.canonical(name) == name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("US/Eastern", "America/New_York"),
        ("US/Hawaii", "Pacific/Honolulu"),
        ("America/Indianapolis", "America/Indiana/Indianapolis"),
        ("Canada/Eastern", "America/Toronto"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_an_old_name_is_kept_by_the_new_one(old: str, new: str) -> None:
    assert zones.canonical(old) == new


@pytest.mark.parametrize(
    "name",
    [
        "",
        "New York",
        "EST",
        "HST",
        "Navajo",
        "Cuba",
        "GB",
        "/etc/localtime",
        "America/",
        "a\0/b",
        "x/" + "y" * 400,
        "posix/UTC",
        "right/UTC",
        "Etc/GMT+5",
    ],
)
def test_other_texts_are_no_time_zones(name: str) -> None:
    assert zones.canonical(name) is None


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("EST", "America/New_York"),
        ("est5edt", "America/New_York"),
        ("PDT", "America/Los_Angeles"),
        ("HST", "Pacific/Honolulu"),
        ("GMT", "UTC"),
        ("New York", "America/New_York"),
        ("los angeles", "America/Los_Angeles"),
        ("america/new_yrok", "America/New_York"),
        ("Mars/Olympus", None),
    ],
)
def test_the_zone_that_was_meant_is_found(name: str, meant: str | None) -> None:
    assert zones.nearest(name) == meant
    assert meant is None or zones.canonical(meant) == meant

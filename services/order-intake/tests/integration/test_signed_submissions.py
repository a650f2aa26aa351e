"""What a portal's signature is worth: what is changed, stripped, old or foreign is answered, and by which code."""

import time
from collections.abc import Callable

import pytest

from chassis.runtime.database import Pool
from contracts.orders import OrderRejected
from order_intake.domain.signatures import sign
from order_intake.settings import Settings
from testkit.records import FakeRecord

from .desk import Desk, new_partner
from .portal import Submission, instead, orders, rejected, without

pytestmark = pytest.mark.integration
Spoil = Callable[[FakeRecord], FakeRecord]
NOUGHTS = b"0" * 64


def signature_of(record: FakeRecord) -> bytes:
    return dict(record.headers)["signature"] or b""


def key_of(record: FakeRecord) -> bytes:
    return dict(record.headers)["partnerkey"] or b""


def under(record: FakeRecord, key: bytes | None) -> FakeRecord:
    record.key = key
    return record


def aged(record: FakeRecord, seconds: int) -> FakeRecord:
    """The same signature under another time."""
    at, _, rest = signature_of(record).decode().partition(",")
    return instead(record, "signature", f"t={int(at[2:]) + seconds},{rest}".encode())


def beside(record: FakeRecord, name: str, value: bytes) -> FakeRecord:
    """The header comes first with another value."""
    record.headers = [(name, value), *record.headers]
    return record


SPOILT: dict[str, tuple[Spoil, str]] = {
    "no key": (lambda one: without(one, "partnerkey"), "not-signed"),
    "no signature": (lambda one: without(one, "signature"), "not-signed"),
    "a key of bytes that are no text": (lambda one: instead(one, "partnerkey", b"\xff"), "not-signed"),
    "two keys": (lambda one: beside(one, "partnerkey", b"0123456789ab"), "not-signed"),
    "a signature beside the right one": (lambda one: beside(one, "signature", b"t=1,v1=" + NOUGHTS), "not-signed"),
    "the right signature twice": (lambda one: beside(one, "signature", signature_of(one)), "not-signed"),
    "an unknown key": (lambda one: instead(one, "partnerkey", b"0123456789ab"), "key-unknown"),
    "a key that no database keeps": (lambda one: instead(one, "partnerkey", b"a\0b"), "key-unknown"),
    "its own key with a NUL": (lambda one: instead(one, "partnerkey", key_of(one) + b"\0"), "key-unknown"),
    "a wrong signature": (lambda one: instead(one, "signature", b"t=1795651200,v1=" + NOUGHTS), "signature-wrong"),
    "garbage": (lambda one: instead(one, "signature", "v1=\N{SNOWMAN}".encode()), "signature-malformed"),
    "the way of before": (lambda one: instead(one, "signature", b"v1=" + NOUGHTS), "signature-malformed"),
    "two signatures": (
        lambda one: instead(one, "signature", signature_of(one) + b",v1=" + NOUGHTS),
        "signature-malformed",
    ),
    "capital letters": (lambda one: instead(one, "signature", signature_of(one).upper()), "signature-malformed"),
    "another id": (lambda one: instead(one, "ce_id", b"s-2"), "signature-wrong"),
    "another time": (lambda one: aged(one, 1), "signature-wrong"),
    "another value": (lambda one: with_value(one, (one.value or b"") + b" "), "signature-wrong"),
}


def with_value(record: FakeRecord, value: bytes) -> FakeRecord:
    record.value = value
    return record


@pytest.mark.parametrize("fault", list(SPOILT))
async def test_what_nobody_signed_is_rejected(desk: Desk, submission: Submission, fault: str) -> None:
    spoil, code = SPOILT[fault]
    record = spoil(submission())
    await desk.deliver(record)
    answer = await rejected(desk)
    assert (answer.order_id, answer.external_id, answer.partner_id) == ("their-key", "", "")
    assert [one.code for one in answer.faults] == [code]
    assert await orders(desk) == []


async def test_another_record_key_does_not_fit_the_signature(desk: Desk, submission: Submission) -> None:
    for record in (under(submission(), b"another-key"), under(submission(), None)):
        await desk.deliver(record)
        assert [one.code for one in (await rejected(desk)).faults] == ["signature-wrong"]
    assert await orders(desk) == []


@pytest.mark.parametrize(
    ("seconds", "codes"),
    [
        (-8 * 86_400, ["signature-too-old"]),
        (-6 * 86_400, []),
        (60, []),
        (3_600, ["signature-in-future"]),
    ],
)
async def test_a_signature_is_good_for_a_week_and_not_ahead_of_time(
    desk: Desk, submission: Submission, seconds: int, codes: list[str]
) -> None:
    await desk.deliver(submission(at=int(time.time()) + seconds))
    await desk.published()
    assert [fault.code for one in desk.sent(OrderRejected) for fault in one.faults] == codes
    assert len(await orders(desk)) == (0 if codes else 1)


@pytest.mark.parametrize(("days", "codes"), [(1, []), (3, ["signature-too-old"]), (6, ["signature-too-old"])])
async def test_how_old_a_signature_may_be_is_a_setting(
    pool: Pool,
    settings: Settings,
    submission: Submission,
    monkeypatch: pytest.MonkeyPatch,
    days: int,
    codes: list[str],
) -> None:
    monkeypatch.setenv("SIGNATURE_WINDOW", "P2D")
    given = settings.model_dump(exclude={"signature_window"})
    desk = await Desk.of(Settings(**given), pool)
    await desk.deliver(submission(at=int(time.time()) - days * 86_400))
    await desk.published()
    faults = [fault for one in desk.sent(OrderRejected) for fault in one.faults]
    assert [fault.code for fault in faults] == codes
    assert all("more than 2 days ago" in fault.detail for fault in faults)
    assert len(await orders(desk)) == (0 if codes else 1)


async def test_the_signature_of_another_partner_is_foreign(desk: Desk, submission: Submission) -> None:
    _, bea = await new_partner(desk.pool, "p-bea", "Bea Voice")
    key_id = submission().headers[-2][1]
    await desk.deliver(instead(submission(key=bea), "partnerkey", key_id or b""))
    assert [one.code for one in (await rejected(desk)).faults] == ["signature-wrong"]


async def test_the_verifier_of_a_key_signs_nothing(desk: Desk, submission: Submission) -> None:
    record = submission()
    verifier = await desk.pool.fetchval("SELECT secret_sha256 FROM api_keys")
    forged = sign(verifier, "s-1", int(time.time()), record.key or b"", record.value or b"")
    await desk.deliver(instead(record, "signature", forged.encode()))
    assert [one.code for one in (await rejected(desk)).faults] == ["signature-wrong"]


UNFIT = {
    "expires_at = now()": "key-expired",
    "revoked_at = now()": "key-revoked",
    "signing_key = NULL": "key-cannot-sign",
    "scopes = 'orders:read'": "scope-missing",
    "kind = 'application'": "key-of-application",
}


@pytest.mark.parametrize("change", list(UNFIT))
async def test_a_key_that_is_not_good_for_it_signs_nothing(desk: Desk, submission: Submission, change: str) -> None:
    await desk.pool.execute(f"UPDATE api_keys SET {change}")
    await desk.deliver(submission())
    answer = await rejected(desk)
    assert ([one.code for one in answer.faults], answer.partner_id) == ([UNFIT[change]], "")
    assert await orders(desk) == []


async def test_who_holds_no_secret_is_not_told_that_a_key_was_revoked(desk: Desk, submission: Submission) -> None:
    await desk.pool.execute("UPDATE api_keys SET revoked_at = now()")
    await desk.deliver(instead(submission(), "signature", b"t=1795651200,v1=" + NOUGHTS))
    assert [one.code for one in (await rejected(desk)).faults] == ["signature-wrong"]


async def test_a_changed_value_does_not_fit_its_signature(desk: Desk, submission: Submission) -> None:
    record = submission()
    record.value = (record.value or b"").replace(b"Harbor Dental Group", b"Somebody Else Inc")
    await desk.deliver(record)
    assert [one.code for one in (await rejected(desk)).faults] == ["signature-wrong"]

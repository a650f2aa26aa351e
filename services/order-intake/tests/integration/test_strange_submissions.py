"""A portal that signs, and gets the headers of its record wrong, is told so; who has nothing to do with us is not."""

import hmac
import time

import pytest

from contracts.bounds import MESSAGE_ID
from order_intake.domain.signatures import signing_key_of

from .desk import Desk
from .portal import Submission, instead, orders, rejected, without

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ce_type", b"dialtone.numbers.ReleaseNumbers.v1", "takes dialtone.orders.SubmitOrder.v1"),
        ("ce_type", b"", "missing header ce_type"),
        ("ce_source", b" ", "missing header ce_source"),
        ("ce_specversion", b"0.3", "only 1.0 is read"),
        ("ce_time", b"yesterday", "is not an RFC 3339 time"),
        ("ce_type", b"\xff", "ce_type is not UTF-8"),
    ],
)
async def test_a_signed_record_with_wrong_attributes_is_answered_and_no_dead_letter(
    desk: Desk, submission: Submission, name: str, value: bytes, said: str
) -> None:
    await desk.deliver(instead(submission(), name, value), submission("s-2", external_id="PO-2"))
    answer = next(one for one in await desk.published() if one.topic == "orders.rejections").message
    assert (answer.partner_id, answer.submission_id) == ("p-ada", "s-1")  # type: ignore[attr-defined]
    (fault,) = answer.faults  # type: ignore[attr-defined]
    assert (fault.code, said in fault.detail) == ("no-submission", True), fault.detail
    assert [one.topic for one in desk.seen].count("dead-letters") == 0
    assert await orders(desk) == [("p-ada", "PO-2")]


@pytest.mark.parametrize("message_id", ["", " ", "\u3000", "\u200b"])
async def test_an_id_that_shows_nothing_is_none(desk: Desk, submission: Submission, message_id: str) -> None:
    """What it is signed over is the same."""
    record = submission(message_id)
    await desk.deliver(instead(record, "ce_id", message_id.encode()))
    answer = await rejected(desk)
    assert [(one.code, "missing header ce_id" in one.detail) for one in answer.faults] == [("no-submission", True)]
    assert await orders(desk) == []


async def test_an_attribute_that_comes_twice_is_told(desk: Desk, submission: Submission) -> None:
    record = submission()
    record.headers.append(("ce_type", b"another"))
    await desk.deliver(record)
    assert "ce_type is there more than once" in (await rejected(desk)).faults[0].detail


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("signature", b"", "not-signed"),
        ("partnerkey", b"", "not-signed"),
        ("signature", b"t=1,v1=" + b"0" * 64, "signature-wrong"),
        ("signature", b"me", "signature-malformed"),
        ("partnerkey", b"nobody", "key-unknown"),
    ],
)
async def test_who_means_to_have_signed_a_record_with_wrong_attributes_is_told_both(
    desk: Desk, submission: Submission, name: str, value: bytes, code: str
) -> None:
    await desk.deliver(instead(instead(submission(), "ce_type", b"x"), name, value))
    answer = await rejected(desk)
    assert (answer.partner_id, [one.code for one in answer.faults]) == ("", ["no-submission", code])


@pytest.mark.parametrize("place", [0, -1])
async def test_who_sends_two_ids_is_known_by_the_one_that_was_signed(
    desk: Desk, submission: Submission, place: int
) -> None:
    record = submission()
    record.headers.insert(place, ("ce_id", b"another"))
    await desk.deliver(record)
    answer = await rejected(desk)
    assert (answer.partner_id, answer.submission_id) == ("p-ada", "")
    (fault,) = answer.faults
    assert (fault.code, "ce_id is there more than once" in fault.detail) == ("no-submission", True)


async def test_who_signs_over_an_id_that_is_no_text_is_known(desk: Desk, submission: Submission, ada_key: str) -> None:
    record, at = instead(submission(), "ce_id", b"\xff"), str(int(time.time()))
    secret = signing_key_of(ada_key.split("_", 2)[2]).encode()
    signed = b".".join((b"\xff", at.encode(), record.key or b"", record.value or b""))
    instead(record, "signature", f"t={at},v1={hmac.new(secret, signed, 'sha256').hexdigest()}".encode())
    await desk.deliver(record)
    answer = await rejected(desk)
    assert (answer.partner_id, [one.code for one in answer.faults]) == ("p-ada", ["no-submission"])


async def test_without_an_id_nobody_is_told_that_the_signature_over_it_does_not_fit(
    desk: Desk, submission: Submission
) -> None:
    await desk.deliver(without(submission(), "ce_id"))
    answer = await rejected(desk)
    assert (answer.partner_id, [one.code for one in answer.faults]) == ("", ["no-submission"])


async def test_without_an_id_an_unknown_key_is_told(desk: Desk, submission: Submission) -> None:
    await desk.deliver(without(instead(submission(), "partnerkey", b"nobody"), "ce_id"))
    assert [one.code for one in (await rejected(desk)).faults] == ["no-submission", "key-unknown"]


@pytest.mark.parametrize("name", ["partnerkey", "signature"])
async def test_what_is_too_long_for_a_signature_is_meant_as_one(desk: Desk, submission: Submission, name: str) -> None:
    record = without(without(instead(submission(), "ce_type", b"x"), "signature"), "partnerkey")
    record.headers.append((name, b"s" * (MESSAGE_ID + 1)))
    await desk.deliver(record)
    assert [one.code for one in (await rejected(desk)).faults] == ["no-submission", "not-signed"]


async def test_a_record_that_names_no_partner_and_is_no_submission_is_a_dead_letter(
    desk: Desk, submission: Submission
) -> None:
    await desk.deliver(without(without(instead(submission(), "ce_type", b"x"), "signature"), "partnerkey"))
    assert [one.topic for one in await desk.published()] == ["dead-letters"]


@pytest.mark.parametrize(("name", "value"), [("ce_id", b"s\x00"), ("ce_type", b"s\x00"), ("key", b"k\x00")])
async def test_what_no_database_keeps_is_answered_too(
    desk: Desk, submission: Submission, name: str, value: bytes
) -> None:
    record = submission()
    if name == "key":
        record.key = value
    else:
        instead(record, name, value)
    await desk.deliver(record, submission("s-2", external_id="PO-2"))
    (answer,) = [one for one in await desk.published() if one.topic == "orders.rejections"]
    assert [one.code for one in answer.message.faults][:1] == ["no-submission"]  # type: ignore[attr-defined]
    assert await orders(desk) == [("p-ada", "PO-2")]


@pytest.mark.parametrize(
    ("headers", "code", "fault"),
    [
        ({"content-type": b"text/xml"}, "not-json", "`content-type`: it says 'text/xml'; expected application/json"),
        ({"Content-Type": b"text/xml"}, "not-json", "`Content-Type`: it says 'text/xml'"),
        ({"content-type": b"application/json; charset=latin-1"}, "wrong-charset", "charset=latin-1; expected UTF-8"),
        ({"ce_datacontenttype": b"text/xml"}, "not-json", "`ce_datacontenttype`: it says 'text/xml'"),
        ({"datacontenttype": b"application/json; charset=x"}, "wrong-charset", "charset=x; expected UTF-8"),
        ({"content-encoding": b"gzip"}, "packed", "`content-encoding`: it says content-encoding 'gzip'"),
        ({"content-type": b"\xff"}, "not-json", "`content-type` is not UTF-8"),
        ({"content-encoding": b"\xff"}, "not-json", "`content-encoding` is not UTF-8"),
    ],
)
async def test_a_submission_that_says_it_is_no_json_is_answered(
    desk: Desk, submission: Submission, headers: dict[str, bytes], code: str, fault: str
) -> None:
    record = without(submission(), "content-type")
    record.headers += headers.items()
    await desk.deliver(record)
    (found,) = (await rejected(desk)).faults
    assert (found.code, fault in found.detail) == (code, True), found.detail
    assert await orders(desk) == []


async def test_a_submission_that_says_twice_what_it_is_is_answered(desk: Desk, submission: Submission) -> None:
    record = submission()
    record.headers.append(("content-type", b"application/json"))
    await desk.deliver(record)
    (found,) = (await rejected(desk)).faults
    assert (found.code, "`content-type` is there more than once" in found.detail) == ("not-json", True), found.detail


@pytest.mark.parametrize("said", [b"", b" ", b"application/json; charset=UTF-8", b"application/cloudevents+json", None])
async def test_a_submission_that_says_it_is_json_or_nothing_is_taken(
    desk: Desk, submission: Submission, said: bytes | None
) -> None:
    record = without(submission(), "content-type")
    await desk.deliver(record if said is None else instead(record, "content-type", said))
    assert await orders(desk) == [("p-ada", "PO-1")]

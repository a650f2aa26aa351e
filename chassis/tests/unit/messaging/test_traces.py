"""An order is its own trace, in every message of it (W3C trace context)."""

from chassis.messaging.outgoing import event, order_trace
from contracts.envelope import Envelope
from contracts.orders import OrderRejected, OrderStateChanged
from testkit.time import EPOCH

ORDER = "0190c0de-0000-7000-8000-000000000001"
TRACE = ORDER.replace("-", "")


def changed() -> OrderStateChanged:
    return OrderStateChanged(
        order_id=ORDER, partner_id="p-1", external_id="PO-1", run=1, state="held", reason="", at=EPOCH
    )


def test_who_has_the_order_id_has_the_trace_id() -> None:
    version, trace_id, span_id, flags = order_trace(ORDER).split("-")
    assert (version, trace_id, flags) == ("00", TRACE, "01")
    assert len(span_id) == 16
    assert order_trace(ORDER) != order_trace(ORDER)


def test_an_event_without_a_cause_is_in_the_trace_of_its_order() -> None:
    headers = dict(event(changed(), "order-intake", EPOCH).headers)
    assert (headers["traceparent"] or b"").decode().split("-")[1] == TRACE


def test_an_event_with_a_cause_goes_on_in_the_trace_of_the_cause() -> None:
    cause = Envelope("c-1", "x", "catalog", ORDER, EPOCH, traceparent=f"00-{'a' * 32}-{'b' * 16}-01")
    headers = dict(event(changed(), "order-intake", EPOCH, cause).headers)
    assert (headers["traceparent"] or b"").decode().split("-")[1] == "a" * 32
    assert headers["ce_causationid"] == b"c-1"


def test_what_is_about_no_order_of_ours_gets_a_trace_of_its_own() -> None:
    rejected = OrderRejected(order_id="PO-1", submission_id="s-1", faults=())
    headers = dict(event(rejected, "order-intake", EPOCH).headers)
    trace_id = (headers["traceparent"] or b"").decode().split("-")[1]
    assert len(trace_id) == 32
    assert trace_id != TRACE

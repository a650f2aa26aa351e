"""The portal of the measurement: order forms, signed submissions on Kafka, single orders over HTTP."""

import hashlib
import hmac
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import httpx
from aiokafka import AIOKafkaProducer

from contracts.envelope import Envelope
from contracts.orders import OrderForm, SubmitOrder
from dialtone.stack.stack import Stack
from dialtone.stack.stackfile import read_keys

Kind = Literal["trunking", "hosted"]
ENTERPRISE = "Bench Holdings"  # built by an order of ours; hosted groups live under it
ADOPTED = "Bench Trunks"  # BroadWorks is said to have it already; trunking orders do not touch BroadWorks
NUMBERS = {"trunking": 2, "hosted": 5}  # numbers per order
NPA = {"trunking": "201", "hosted": "973"}
EXCHANGES = [str(nxx) for nxx in range(200, 900) if nxx % 100 != 11 and nxx != 555][:80]
PER_EXCHANGE = 10_000
LOCATION = {"street": "18 Market St", "unit": "Suite 210", "city": "Morristown", "state": "NJ", "zip": "07960"}


@dataclass(frozen=True, slots=True)
class Submission:
    """One signed record for `orders.submissions`, ready to be sent."""

    external_id: str
    value: bytes
    headers: list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Portal:
    partner_id: str
    key: str

    def signature(self, event_id: str, record_key: str, value: bytes, *, age: int = 0) -> dict[str, str]:
        """The headers that say who signed this value: now, or `age` seconds ago."""
        _, key_id, secret = self.key.split("_", 2)
        signing_key = hashlib.sha256(f"signing:{secret}".encode()).hexdigest().encode()
        at = int(time.time()) - age
        signed = f"{event_id}.{at}.{record_key}.".encode() + value
        mac = hmac.new(signing_key, signed, hashlib.sha256).hexdigest()
        return {"partnerkey": key_id, "signature": f"t={at},v1={mac}"}

    def signed(self, form: dict[str, Any]) -> Submission:
        external_id = str(form["external_id"])
        value = SubmitOrder(order_id=external_id, form=OrderForm.model_validate(form)).encode()
        event_id = f"bench-{external_id}"
        envelope = Envelope(
            id=event_id,
            type=SubmitOrder.ce_type,
            source="bench",
            key=external_id,
            time=datetime.now(UTC),
            extra=self.signature(event_id, external_id, value),
        )
        headers = [(name, text.encode()) for name, text in envelope.headers().items()]
        return Submission(external_id, value, headers)


def exchanges(kind: Kind, orders: int) -> list[str]:
    """So many that the orders find their numbers; at least four, as orders come from more than one place."""
    return EXCHANGES[: max(4, -(-orders * NUMBERS[kind] // (PER_EXCHANGE // 2)))]


def form(kind: Kind, external_id: str, nxx: str) -> dict[str, Any]:
    """A form like a portal's: `trunking` is one trunk group with two numbers, `hosted` five seats with five."""
    search = {"npa": NPA[kind], "nxx": nxx, "quantity": NUMBERS[kind], "trunking": kind == "trunking"}
    trunk = {"name": "main", "call_paths": 10, "pbx": "FreePBX 17", "codecs": ["G711", "G729"]}
    content: dict[str, Any] = (
        {
            "enterprise": ADOPTED,
            "items": [{"package": "Standard Select Voice Lines", "quantity": 10, "trunk": trunk}],
            "e911": {"required": False, "reason": "trunk_customer_ali"},
        }
        if kind == "trunking"
        else {
            "enterprise": ENTERPRISE,
            "items": [{"package": "Enterprise Standard", "quantity": 5}],
            "e911": {"required": True, "location": LOCATION},
        }
    )
    activation = datetime.now(UTC).replace(microsecond=0) + timedelta(days=14)
    return {
        "external_id": external_id,
        "kind": "new-group",
        "customer": {
            "account_name": f"Customer {external_id}",
            "first_name": "Ada",
            "last_name": "Reyes",
            "email": "ap@customer.example",
            "domain": "customer.example",
            "time_zone": "America/New_York",
            "address": LOCATION,
        },
        "requested_activation": activation.isoformat(),
        "number_searches": [search],
        **content,
    }


async def publish(
    producer: AIOKafkaProducer, topic: str, submissions: Sequence[Submission], sent: dict[str, float]
) -> None:
    """Pipelined; notes in `sent` when each was handed to the producer, and waits until the broker has all."""
    deliveries = []
    for one in submissions:
        sent[one.external_id] = now = time.time()
        delivery = await producer.send(
            topic, one.value, one.external_id.encode(), timestamp_ms=int(now * 1000), headers=one.headers
        )
        deliveries.append(delivery)
    for delivery in deliveries:
        await delivery


def operator(stack: Stack) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {read_keys(stack.folder).operator.key}"}
    return httpx.AsyncClient(headers=headers, trust_env=False, timeout=120)


async def prepare(stack: Stack, orders: int, kinds: Sequence[Kind]) -> Portal:
    """A partner, numbers for so many orders of each kind, and the enterprise that BroadWorks has already."""
    async with operator(stack) as client:
        intake = stack.url("order-intake")
        partner = (await client.post(f"{intake}/partners", json={"name": "Bench Partner"})).raise_for_status().json()
        portal = Portal(partner["partner_id"], partner["api_key"])
        adopted = {"name": ADOPTED, "service_provider_id": "benchtrunks"}
        path = f"{intake}/partners/{portal.partner_id}/enterprises"
        (await client.post(path, json=adopted)).raise_for_status()
        for kind in kinds:
            for nxx in exchanges(kind, orders):
                stock = {"first": f"+1{NPA[kind]}{nxx}0000", "count": PER_EXCHANGE, "rate_center": "Morristown"}
                answer = await client.post(f"{stack.url('did-inventory')}/numbers", json={**stock, "region": "NJ"})
                answer.raise_for_status()
    return portal


async def submit_by_http(client: httpx.AsyncClient, stack: Stack, portal: Portal, order: dict[str, Any]) -> float:
    """The time at which it was handed over (before the call)."""
    began = time.time()
    headers = {"authorization": f"Bearer {portal.key}"}
    answer = await client.post(f"{stack.url('order-intake')}/orders", json=order, headers=headers)
    if not answer.is_success:
        raise RuntimeError(f"POST /orders answered {answer.status_code}: {answer.text}")
    return began

"""How a portal proves on Kafka who it is: an HMAC, so that no key ever lies in a topic.

Headers `partnerkey` (the id in the middle of the API key) and `signature`: `v1=` + hex HMAC-SHA256 over
`{ce_id}.{value}`, keyed with the SHA-256 (hex text) of the key's secret part.
"""

import hashlib
import hmac

from chassis.runtime.database import Connection
from contracts.envelope import Envelope
from order_intake.store.partners import Partners


class NotSigned(Exception):
    """The submission carries no valid signature of a partner."""


def sign(secret_sha256: str, event_id: str, value: bytes) -> str:
    mac = hmac.new(secret_sha256.encode(), event_id.encode() + b"." + value, hashlib.sha256)
    return f"v1={mac.hexdigest()}"


async def partner_of(envelope: Envelope, value: bytes, partners: Partners, connection: Connection) -> str:
    """The partner who signed. Raises NotSigned."""
    key_id, signature = envelope.extra.get("partnerkey", ""), envelope.extra.get("signature", "")
    if not key_id or not signature:
        raise NotSigned("the headers `partnerkey` and `signature` are missing")
    key = await partners.key(key_id, connection) if "\0" not in key_id else None
    if key is None:
        raise NotSigned(f"the partner key {key_id!r} is not known")
    expected = sign(key.secret_sha256, envelope.id, value)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise NotSigned("the signature does not fit the record's id and value")
    return key.partner_id

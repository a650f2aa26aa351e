"""How a portal proves on Kafka who it is: an HMAC, so that no key ever lies in a topic.

Headers `partnerkey` (the id in the middle of the API key) and `signature`: `t=<unix seconds>,v1=<hex>`, HMAC-SHA256
over `{ce_id}.{t}.{record key}.{value}`. It is made with the signing key of the API key's secret, which nobody has who
reads the verifiers of keys.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from contracts.bounds import CLOCKS_DIFFER
from contracts.echo import quoted

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HEADER = re.compile(r"t=([1-9][0-9]{0,11}),v1=([0-9a-f]{64})", re.ASCII)


class NotSigned(Exception):
    """The submission carries no valid signature of a partner. `code` tells why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def signing_key_of(secret: str) -> str:
    """Hex; used as ASCII bytes."""
    return hashlib.sha256(f"signing:{secret}".encode()).hexdigest()


def sign(signing_key: str, event_id: str, at: int, key: bytes, value: bytes) -> str:
    """The header `signature` of a record with this key and value; `at` are unix seconds."""
    return f"t={at},v1={_mac(signing_key, event_id.encode(), at, key, value)}"


def check(
    signature: str,
    signing_key: str,
    ids: Iterable[bytes],
    key: bytes,
    value: bytes,
    *,
    now: datetime,
    window: timedelta,
) -> None:
    """Raises NotSigned for a signature that is none, fits none of these ids, or is older than the window."""
    found = HEADER.fullmatch(signature)
    if found is None:
        form = "t=<unix seconds>,v1=<64 hex digits>, once each, without a leading zero"
        detail = f"the header `signature` is {quoted(signature)}; it reads {form}"
        raise NotSigned("signature-malformed", detail)
    at = int(found[1])
    if not any(hmac.compare_digest(_mac(signing_key, one, at, key, value), found[2]) for one in ids):
        detail = (
            "the signature does not fit: it is the HMAC-SHA256 over ce_id, t, record key and value with full stops "
            "between, by the signing key of the key that `partnerkey` names"
        )
        raise NotSigned("signature-wrong", detail)
    if at < (now - window).timestamp():
        made, days = EPOCH + timedelta(seconds=at), window / timedelta(days=1)
        detail = f"it was signed at {made.isoformat()}, more than {days:g} days ago; sign it again"
        raise NotSigned("signature-too-old", detail)
    if at > (now + CLOCKS_DIFFER).timestamp():
        raise NotSigned("signature-in-future", f"t={at} lies in the future; now it is {int(now.timestamp())}")


def _mac(signing_key: str, event_id: bytes, at: int, key: bytes, value: bytes) -> str:
    signed = b".".join((event_id, str(at).encode(), key, value))
    return hmac.new(signing_key.encode(), signed, hashlib.sha256).hexdigest()

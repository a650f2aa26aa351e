"""Who signed a submission: its key must be known, good now, able to sign, and allowed to order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.messaging.incoming import Record
from contracts.echo import quoted
from contracts.envelope import Envelope
from order_intake.domain.signatures import NotSigned, check
from order_intake.store.keys import Key

HEADERS = ("partnerkey", "signature")


@dataclass(frozen=True, slots=True)
class Signatures:
    """`keys` are those that the records of a batch name; `now` is real time, `window` how old a signature may be."""

    keys: dict[str, Key]
    now: datetime
    window: timedelta

    def partner_of(self, record: Record, envelope: Envelope) -> str:
        """The partner who signed the record, whatever else is wrong with it. Raises NotSigned."""
        signature, named = envelope.extra.get("signature", ""), envelope.extra.get("partnerkey", "")
        if wrong := [_why_not(name, envelope) for name in HEADERS if not envelope.extra.get(name)]:
            raise NotSigned("not-signed", f"{' and '.join(wrong)}; a submission carries each once")
        known = self.keys.get(key_id_of(envelope))
        if known is None:
            raise NotSigned("key-unknown", f"the partner key {quoted(named)} is not known")
        if known.signing_key is None:
            detail = f"key {named} is from before keys could sign so; rotate it and sign with the new one"
            raise NotSigned("key-cannot-sign", detail)
        key, value = record.key or b"", record.value or b""
        check(signature, known.signing_key, _ids_of(record), key, value, now=self.now, window=self.window)
        self._check_in_force(known)
        return known.partner_id

    def _check_in_force(self, key: Key) -> None:
        """Told only to who holds the secret: what it signed fits."""
        if key.revoked_at is not None:
            raise NotSigned("key-revoked", f"key {key.key_id} was revoked at {key.revoked_at.isoformat()}")
        if key.expires_at is not None and key.expires_at <= self.now:
            raise NotSigned("key-expired", f"key {key.key_id} was good until {key.expires_at.isoformat()}")
        if key.kind == "application":
            detail = f"key {key.key_id} is an application's, which acts for a person; a portal signs with a partner's"
            raise NotSigned("key-of-application", detail)
        if "orders:write" not in key.scopes.split():
            raise NotSigned("scope-missing", f"key {key.key_id} has {key.scopes or 'no scope'}; it needs orders:write")


def means_to_sign(envelope: Envelope) -> bool:
    """Has it anything of a signature? Then whoever wrote it wants to be heard, with or without success."""
    return any(name in envelope.extra or name in envelope.unclear for name in HEADERS)


def _why_not(header: str, envelope: Envelope) -> str:
    return f"the header `{header}` {envelope.unclear.get(header, 'is missing or empty')}"


def _ids_of(record: Record) -> set[bytes]:
    """What can have been signed for its id: where there are several, the first and the last, for each costs a look."""
    ids = [value or b"" for name, value in record.headers if name == "ce_id"] or [b""]
    return {ids[0], ids[-1]}


def key_id_of(envelope: Envelope) -> str:
    """The id of the key that a record names; empty for what no database keeps, which names none."""
    named = envelope.extra.get("partnerkey", "")
    return "" if "\0" in named else named

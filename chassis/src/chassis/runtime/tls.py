"""What our TLS clients trust and show: certificates are always verified, and with them the host name."""

import ssl
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def client_context(ca: Path | None, certificate: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    """Trusts the CAs in the file `ca` and no others; without it, those that this machine trusts.

    To be made once and shared: reading the CAs of a machine takes tens of milliseconds. Raises ValueError with a
    sentence when a file is not what it should be.
    """
    try:
        context = ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise ValueError(f"{str(ca)!r} holds no CA certificates in PEM ({_reason(error)}).") from None
    if certificate is not None:
        try:
            # A key with a pass phrase would ask for it at the terminal, and nobody sits there.
            context.load_cert_chain(certificate, key, password=lambda: "")
        except (OSError, ValueError) as error:
            reason = _reason(error) if isinstance(error, OSError) else "the key has a pass phrase"
            raise ValueError(
                f"{str(certificate)!r} and {str(key)!r} are no client certificate and its key without a pass phrase, in"
                f" PEM ({reason})."
            ) from None
    return context


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or "unreadable").lower().replace("_", " ")
    return (error.strerror or "unreadable").lower()


def _checked(ca: Path) -> Path:
    try:
        client_context(ca)
    except ValueError as error:
        raise PydanticCustomError("ca_file", "{fault}", {"fault": str(error)}) from None
    return ca


CaFile = Annotated[Path, AfterValidator(_checked)]

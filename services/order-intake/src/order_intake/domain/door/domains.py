"""Domains and e-mail addresses: IDNA 2008 (RFC 5891) with the mapping of UTS 46, and a suffix that exists."""

import ipaddress
from collections.abc import Iterator
from functools import cache, lru_cache

import idna
from email_validator import EmailNotValidError, validate_email
from publicsuffixlist import PublicSuffixList

from contracts import bounds
from contracts.faults import Told, shown
from contracts.orders import OrderForm
from order_intake.domain.door.labels import why_no_domain
from order_intake.domain.door.rules import Rules

EXAMPLE = "expected the customer's or your own domain, such as customer.com"
FICTION = frozenset({"example", "test", "example.com", "example.net", "example.org"})  # RFC 2606, RFC 6761
# Names that never lead to a host on the internet, by RFC 6761, 6762 (local), 7686 (onion), 9476 (alt), 3172 (arpa), and
# by ICANN's word (internal). Some of them are in the list of public suffixes.
SPECIAL = frozenset({"alt", "arpa", "internal", "invalid", "local", "localhost", "onion"})


class NotADomain(ValueError):
    """The text says why, and what was expected."""


def domain_faults(form: OrderForm, rules: Rules) -> Iterator[Told]:
    customer = form.customer
    if customer.domain.lower().startswith("www."):
        detail = f"{shown(customer.domain)}: leave out 'www.', expected {shown(customer.domain[4:])}"
        yield Told("/customer/domain", "domain-with-www", detail)
    else:
        try:
            ascii_domain(customer.domain, fiction=rules.fiction)
        except NotADomain as reason:
            yield Told("/customer/domain", "bad-domain", str(reason))
    if customer.email and (why := email_fault(customer.email, fiction=rules.fiction)):
        yield Told("/customer/email", "bad-email", why)


@lru_cache(maxsize=4096)
def ascii_domain(text: str, *, fiction: bool) -> str:
    """`bücher.example` -> `xn--bcher-kva.example`. Raises NotADomain."""
    if not text:
        raise NotADomain(f"the domain is missing; it is needed for provisioning; {EXAMPLE}")
    try:
        plain = idna.encode(text, uts46=True, std3_rules=True).decode().removesuffix(".")
        idna.decode(plain)
    except idna.IDNAError:
        raise NotADomain(f"{shown(text)} is no domain: {why_no_domain(text)}; {EXAMPLE}") from None
    if _is_address(plain):
        raise NotADomain(f"{shown(text)} is an address and no domain; {EXAMPLE}")
    if len(plain) > bounds.NAME:
        raise NotADomain(f"{shown(text)} has {len(plain)} characters as {plain[:20]}…; at most {bounds.NAME} are taken")
    _, dot, top = plain.rpartition(".")
    if dot and any(plain == name or plain.endswith(f".{name}") for name in FICTION):
        if fiction:
            return plain
        raise NotADomain(f"{shown(text)} is kept for examples and exists nowhere; {EXAMPLE}")
    if top in SPECIAL:
        raise NotADomain(
            f"{shown(text)} is no domain of the internet: names under .{top} are kept for another use; {EXAMPLE}"
        )
    if _suffixes().privatesuffix(plain) is None:
        raise NotADomain(f"{shown(text)} {_no_suffix(plain)}; {EXAMPLE}")
    return plain


def _no_suffix(plain: str) -> str:
    if _suffixes().publicsuffix(plain) == plain:
        return "is a suffix under which customers register domains, and nobody's own"
    return "is under no suffix that exists (.com, .org, .co.uk)"


def email_fault(text: str, *, fiction: bool) -> str:
    """Why mail cannot be sent to it (RFC 5321, 5322, 6531); empty when it can."""
    expected = "expected one address such as ap@customer.com"
    _, _, host = text.partition("@")
    try:
        if host and "@" not in host:  # judged first: the library would tell of code points
            ascii_domain(host, fiction=fiction)
        parts = validate_email(text, check_deliverability=False, test_environment=True)
        ascii_domain(parts.ascii_domain, fiction=fiction)
    except EmailNotValidError as error:
        return f"{shown(text)} is no e-mail address ({str(error).rstrip('.')}); {expected}"
    except NotADomain as reason:
        return f"{shown(text)} is no e-mail address: {reason}"
    return ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)

"""Domains: what is wrong is said in words of people who type them."""

import pytest

from order_intake.domain.door.domains import NotADomain, ascii_domain, email_fault

PLAIN = ("Codepoint", "U+", "Label", "IDNA")


def why(text: str, *, fiction: bool = True) -> str:
    with pytest.raises(NotADomain) as refused:
        ascii_domain(text, fiction=fiction)
    return str(refused.value)


@pytest.mark.parametrize("top", ["alt", "arpa", "internal", "invalid", "local", "localhost", "onion"])
def test_names_that_lead_to_no_host_of_the_internet_are_refused(top: str) -> None:
    for text in (f"customer.{top}", f"home.customer.{top.upper()}"):
        assert f"under .{top} are kept for another use" in why(text)


@pytest.mark.parametrize("text", ["customer.example", "customer.test", "example.com", "voice.example.org"])
def test_names_for_examples_are_taken_where_fiction_is(text: str) -> None:
    assert ascii_domain(text, fiction=True) == text
    assert "kept for examples" in why(text, fiction=False)


@pytest.mark.parametrize("suffix", ["com", "co.uk", "github.io"])
def test_a_suffix_is_told_to_be_one(suffix: str) -> None:
    assert f"{suffix!r} is a suffix under which customers register domains" in why(suffix)


def test_the_dot_of_the_root_is_left_out() -> None:
    assert ascii_domain("customer.com.", fiction=False) == "customer.com"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a_b.com", "'_' cannot stand in a domain"),
        ("a b.com", "a blank cannot stand in a domain"),
        ("<a>.com", "'<' cannot stand in a domain"),
        ("\U0001f4a9.com", "'\U0001f4a9' cannot stand in a domain"),
        ("a..com", "two dots follow each other"),
        ("a\u3002\u3002com", "two dots follow each other"),
        (".com", "it begins with a dot"),
        ("-a.com", "'-a' begins or ends with a hyphen"),
        ("a-.com", "'a-' begins or ends with a hyphen"),
        ("ab--c.com", "its third and fourth characters are hyphens"),
        ("a" * 64 + ".com", "has 64 characters; at most 63 stand between dots"),
        (".".join(["a" * 60] * 5), "has 304 characters"),
        ("xn--zzzzzz99999.com", "'xn--zzzzzz99999' is a broken spelling of a name in other letters"),
        ("\u05d0a.com", "its letters cannot stand together in a domain"),
        ("a.b\u00b7c.com", "its letters cannot stand together in a domain"),
    ],
)
def test_a_fault_is_told_in_words_of_users(text: str, said: str) -> None:
    for told in (why(text), email_fault(f"ap@{text}", fiction=True)):
        assert said in told
        assert not [word for word in PLAIN if word in told]

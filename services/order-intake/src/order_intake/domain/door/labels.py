"""Why a text cannot be written as a domain, in words for who typed it; the idna library speaks of code points."""

import idna

from contracts.faults import shown

DOTS = str.maketrans("\u3002\uff0e\uff61", "...")  # what UTS 46 reads as a dot
LONGEST_LABEL, LONGEST_DOMAIN = 63, 253  # RFC 1035


def why_no_domain(text: str) -> str:
    """Of a text that IDNA 2008 refuses. One reason, the plainest that there is."""
    dotted = text.translate(DOTS)
    labels = dotted.split(".")
    strange = next((one for one in dotted if one != "." and not _may_stand(one)), "")
    long = next((label for label in labels if len(label) > LONGEST_LABEL), "")
    edged = next((label for label in labels if label.startswith("-") or label.endswith("-")), "")
    encoded = next((label for label in labels if label.casefold().startswith("xn--")), "")
    reasons = (
        (dotted.startswith("."), "it begins with a dot"),
        (".." in dotted, "two dots follow each other"),
        (strange == " ", "a blank cannot stand in a domain"),
        (bool(strange), f"{shown(strange)} cannot stand in a domain"),
        (bool(edged), f"{shown(edged)} begins or ends with a hyphen"),
        (
            bool(long),
            f"{shown(long[:20] + '…')} has {len(long)} characters; at most {LONGEST_LABEL} stand between dots",
        ),
        (len(text) > LONGEST_DOMAIN, f"it has {len(text)} characters; a domain has at most {LONGEST_DOMAIN}"),
        (bool(encoded), f"{shown(encoded)} is a broken spelling of a name in other letters"),
        (any(label[2:4] == "--" for label in labels), "its third and fourth characters are hyphens"),
    )
    return next((why for found, why in reasons if found), "its letters cannot stand together in a domain")


def _may_stand(character: str) -> bool:
    """Between other letters; a few may only beside certain ones, which is another matter."""
    if character.isascii():
        return character.isalnum() or character == "-"
    try:
        idna.encode(f"a{character}a", uts46=True, std3_rules=True)
    except (idna.InvalidCodepointContext, idna.IDNABidiError):
        return True
    except idna.IDNAError:
        return False
    return True

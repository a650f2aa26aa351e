"""How large each kind of text, list and number of a message may be, so that every message has a largest size.

What comes in is refused when it is too long. What we say ourselves, or repeat of others, is cut instead, when it is
built and when it is read, so that nobody fails by saying too much. Texts are counted in characters, of which JSON may
make six bytes each. To raise a released bound breaks the readers of its message, to lower it the writers.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import AwareDatetime, Field

from contracts.cutting import Cut, Exact

T = TypeVar("T")

# Texts that are refused when they are longer.
IDENTIFIER = 128  # BroadWorks takes 30 bytes; its service refuses more in its own words
SHORT = 40  # places in an order, ticket ids, labels
NAME = 80
USER_ID = 161  # BroadWorks' own limit, as those of the next two
PERSON = 30
EXTENSION = 20
TIME_ZONE = 64
MESSAGE_ID = 300  # ours are made of order, run, step, direction and attempt
# Texts of the form alone; an order that goes on has none that is longer.
EXTERNAL_ID = 100
STREET, UNIT, CITY = 150, 60, 50
TRUNK_NAME = 30
PBX = 200
IP_ADDRESS = 45  # the longest spelling of IPv6
CODEC = 20
TYPED_NUMBER = 20
NOTES = 4_000
# Texts that are cut when they are longer.
PLACE = 60
LINE = 200
POINTER = 300
SENTENCE = 500
PARAGRAPH = 2_000
TRACEBACK = 8_000
BODY = 30_000  # 2,000 numbers with commas between them
BODIES = 400_000  # of all tickets of one command together
# What one order has at most. Lists of what it asks for and of what is answered are refused when they are longer.
ITEMS = 200
NUMBERS = 2_000  # chosen and searched for
SEARCHES = 50
SEATS = 1_000
CHARGES = 1_000  # an item has at most three lines: the first period, once, the first full month
TICKETS = 300
TICKET_LINES = 60
KINDS = 10
CODECS = 10
SCOPES = 20
# Lists that are cut when they are longer.
FAULTS = 100
STORY = 300
STORY_BEGINNING = 100
# Numbers.
ITEM_QUANTITY = 10_000
CALL_PATHS = 100_000
HIGHEST = 2**31 - 1  # what a column of PostgreSQL's type integer keeps
# A year from both ends of the calendar: the ends themselves are PostgreSQL's infinity, and no time of all zones.
EARLIEST, LATEST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(minutes=5)  # so far ahead of our clock another one may be, and no farther
DIGITS = 34  # of money: as exact as its arithmetic

Identifier = Annotated[str, Field(max_length=IDENTIFIER)]
ShortId = Annotated[str, Field(max_length=SHORT)]
Name = Annotated[str, Field(max_length=NAME)]
Code = Annotated[str, Field(max_length=NAME)]  # stable, also a metric label
Domain = Annotated[str, Field(max_length=NAME)]
Email = Annotated[str, Field(max_length=NAME)]
TimeZone = Annotated[str, Field(max_length=TIME_ZONE)]
UserId = Annotated[str, Field(max_length=USER_ID)]
Extension = Annotated[str, Field(max_length=EXTENSION)]
# Printable ASCII but quote and backslash: JSON makes one byte of each. A label is ours, no person types it.
Label = Annotated[
    str,
    Field(
        pattern=r"^[ !#-\[\]-~]*$",
        max_length=SHORT,
        description=f"a text of at most {SHORT} characters of ASCII that print, without quotes and backslashes",
    ),
]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="a SHA-256 in 64 hex digits, in small letters")]
# As it travels: North America.
E164 = Annotated[str, Field(pattern=r"^\+1[2-9][0-9]{9}$", description="a telephone number such as +19738260142")]
# An area code or an exchange.
ThreeDigits = Annotated[str, Field(pattern=r"^[2-9][0-9]{2}$", description="three digits from 2 on such as 973")]

EchoedId = Annotated[str, Cut(IDENTIFIER)]
EchoedMessageId = Annotated[str, Cut(MESSAGE_ID)]
Place = Annotated[str, Cut(PLACE)]
Line = Annotated[str, Cut(LINE)]
Pointer = Annotated[str, Cut(POINTER)]
Sentence = Annotated[str, Cut(SENTENCE)]
Paragraph = Annotated[str, Cut(PARAGRAPH)]
Traceback = Annotated[str, Cut(TRACEBACK, keep_end=True)]
Body = Annotated[str, Cut(BODY)]

PerItem = Annotated[tuple[T, ...], Field(max_length=ITEMS)]
PerNumber = Annotated[tuple[T, ...], Field(max_length=NUMBERS)]
PerSearch = Annotated[tuple[T, ...], Field(max_length=SEARCHES)]
PerSeat = Annotated[tuple[T, ...], Field(max_length=SEATS)]
PerCharge = Annotated[tuple[T, ...], Field(max_length=CHARGES)]
PerTicket = Annotated[tuple[T, ...], Field(max_length=TICKETS)]

Whole = Annotated[int, Field(ge=-HIGHEST, le=HIGHEST)]
Count = Annotated[int, Field(ge=0, le=HIGHEST)]
Quantity = Annotated[int, Field(ge=1, le=HIGHEST)]
Instant = Annotated[AwareDatetime, Field(ge=EARLIEST, le=LATEST)]
Day = Annotated[date, Field(ge=EARLIEST.date(), le=LATEST.date())]
Money = Annotated[Decimal, Exact(DIGITS)]

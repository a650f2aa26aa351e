"""The order of elements in a user."""

from broadworks_simulator.schema.kinds import boolean, token
from broadworks_simulator.schema.particles import OPAQUE, Particle, Sequence, either, many, one, optional
from broadworks_simulator.schema.structures import (
    ADDRESS,
    DEPARTMENT,
    EMAIL,
    EXTENSION,
    IDS,
    LANGUAGE,
    PASSWORD,
    PERSON_NAME,
    PHONE_NUMBER,
    TIME_ZONE,
    USER_ID,
)

USER_OF_22: tuple[Particle, ...] = (
    *IDS,
    one("userId", USER_ID),
    one("lastName", PERSON_NAME),
    one("firstName", PERSON_NAME),
    one("callingLineIdLastName", PERSON_NAME),
    one("callingLineIdFirstName", PERSON_NAME),
    optional(
        "nameDialingName",
        Sequence((one("nameDialingLastName", PERSON_NAME), one("nameDialingFirstName", PERSON_NAME))),
    ),
    optional("hiraganaLastName", PERSON_NAME),
    optional("hiraganaFirstName", PERSON_NAME),
    optional("phoneNumber", PHONE_NUMBER),
    optional("extension", EXTENSION),
    optional("callingLineIdPhoneNumber", PHONE_NUMBER),
    optional("password", PASSWORD),
    optional("department", DEPARTMENT),
    optional("language", LANGUAGE),
    optional("timeZone", TIME_ZONE),
    many("alias", USER_ID, most=3),
    either(one("accessDeviceEndpoint", OPAQUE), one("trunkAddressing", OPAQUE), required=False),
    optional("title", token(50)),
    optional("pagerPhoneNumber", token(30)),
    optional("mobilePhoneNumber", token(30)),
    optional("emailAddress", EMAIL),
    optional("yahooId", token(50)),
    optional("addressLocation", token(80)),
    optional("address", ADDRESS),
    optional("networkClassOfService", token(40)),
    many("alternateUserId", Sequence((one("alternateUserId", USER_ID), optional("description", token(80)))), most=4),
)
USER: tuple[Particle, ...] = (*USER_OF_22, optional("isPlace", boolean))

USER_DETAILS = (
    "callingLineIdLastName",
    "callingLineIdFirstName",
    "callingLineIdPhoneNumber",
    "language",
    "title",
    "pagerPhoneNumber",
    "mobilePhoneNumber",
    "emailAddress",
    "addressLocation",
)
"""What a user keeps as it was sent."""

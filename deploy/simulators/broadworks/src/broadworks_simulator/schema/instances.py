"""The order of elements in the service instances: voice portal, auto attendant, hunt group, call center."""

from broadworks_simulator.schema.kinds import boolean, enumeration, integer, token
from broadworks_simulator.schema.particles import OPAQUE, Element, Particle, Sequence, many, one, optional, sequence
from broadworks_simulator.schema.structures import (
    DEPARTMENT,
    EXTENSION,
    IDS,
    LANGUAGE,
    PASSWORD,
    PERSON_NAME,
    PHONE_NUMBER,
    TIME_ZONE,
    USER_ID,
)

_HIRAGANA = (optional("hiraganaLastName", PERSON_NAME), optional("hiraganaFirstName", PERSON_NAME))
_LOCALE = (optional("department", DEPARTMENT), optional("language", LANGUAGE), optional("timeZone", TIME_ZONE))
_TAIL = (optional("publicUserIdentity", USER_ID), optional("callingLineIdPhoneNumber", PHONE_NUMBER))
_CLASS_OF_SERVICE = optional("networkClassOfService", token(40))
_SCHEDULE = sequence(one("type", token(40)), one("name", token(40)))


def _profile(password: Element) -> Sequence:
    return sequence(
        one("name", PERSON_NAME),
        one("callingLineIdLastName", PERSON_NAME),
        one("callingLineIdFirstName", PERSON_NAME),
        *_HIRAGANA,
        optional("phoneNumber", PHONE_NUMBER),
        optional("extension", EXTENSION),
        password,
        *_LOCALE,
        many("alias", USER_ID, most=3),
        *_TAIL,
    )


PROFILE = _profile(optional("password", PASSWORD))
PROFILE_WITH_PASSWORD = _profile(one("password", PASSWORD))
PROFILE_CHANGE = sequence(
    optional("name", PERSON_NAME),
    optional("callingLineIdLastName", PERSON_NAME),
    optional("callingLineIdFirstName", PERSON_NAME),
    *_HIRAGANA,
    optional("phoneNumber", PHONE_NUMBER, nillable=True),
    optional("extension", EXTENSION, nillable=True),
    optional("password", PASSWORD),
    *_LOCALE,
    optional("sipAliasList", sequence(many("sipAlias", USER_ID, least=1, most=3)), nillable=True),
    *_TAIL,
)

VOICE_PORTAL: tuple[Particle, ...] = (
    *IDS,
    optional("serviceInstanceProfile", PROFILE_CHANGE),
    optional("isActive", boolean),
    optional("enableExtendedScope", boolean),
    optional("allowIdentificationByPhoneNumberOrVoiceMailAliasesOnLogin", boolean),
    optional("useVoicePortalWizard", boolean),
    optional("voicePortalExternalRoutingScope", enumeration(("System", "Group"))),
    optional("useExternalRouting", boolean),
    optional("externalRoutingAddress", token(161), nillable=True),
    optional("homeZoneName", token(80), nillable=True),
    _CLASS_OF_SERVICE,
    optional("expressMode", boolean),
)

_SCOPE = enumeration(("Enterprise", "Group", "Department"))
_ENTRIES = enumeration(("LastName + FirstName", "LastName + FirstName or FirstName + LastName"))

AUTO_ATTENDANT: tuple[Particle, ...] = (
    *IDS,
    one("serviceUserId", USER_ID),
    one("serviceInstanceProfile", PROFILE),
    one("type", enumeration(("Basic", "Standard"))),
    one("firstDigitTimeoutSeconds", integer(1, 60)),
    one("enableVideo", boolean),
    optional("businessHours", _SCHEDULE),
    optional("holidaySchedule", _SCHEDULE),
    one("extensionDialingScope", _SCOPE),
    one("nameDialingScope", _SCOPE),
    one("nameDialingEntries", _ENTRIES),
    optional("businessHoursMenu", OPAQUE),
    optional("afterHoursMenu", OPAQUE),
    optional("holidayMenu", OPAQUE),
    _CLASS_OF_SERVICE,
)

_POLICY = one("policy", enumeration(("Circular", "Regular", "Simultaneous", "Uniform", "Weighted")))

HUNT_GROUP: tuple[Particle, ...] = (
    *IDS,
    one("serviceUserId", USER_ID),
    one("serviceInstanceProfile", PROFILE),
    _POLICY,
    one("huntAfterNoAnswer", boolean),
    one("noAnswerNumberOfRings", integer(1, 20)),
    one("forwardAfterTimeout", boolean),
    one("forwardTimeoutSeconds", integer(0, 7200)),
    optional("forwardToPhoneNumber", token(161)),
    many("agentUserId", USER_ID),
    one("allowCallWaitingForAgents", boolean),
    one("useSystemHuntGroupCLIDSetting", boolean),
    one("includeHuntGroupNameInCLID", boolean),
    one("enableNotReachableForwarding", boolean),
    optional("notReachableForwardToPhoneNumber", token(161)),
    one("makeBusyWhenNotReachable", boolean),
    one("allowMembersToControlGroupBusy", boolean),
    one("enableGroupBusy", boolean),
    one("applyGroupBusyWhenTerminatingToAgent", boolean),
    _CLASS_OF_SERVICE,
)

_CODEC = enumeration(("None", "G711", "G722", "G729", "G726", "AMR", "AMR-WB", "OPUS"))

CALL_CENTER: tuple[Particle, ...] = (
    *IDS,
    one("serviceUserId", USER_ID),
    one("serviceInstanceProfile", PROFILE_WITH_PASSWORD),
    one("type", enumeration(("Basic", "Standard", "Premium"))),
    optional("routingType", enumeration(("Priority Based", "Skill Based"))),
    _POLICY,
    one("enableVideo", boolean),
    one("queueLength", integer(0, 525)),
    optional("enableReporting", boolean),
    one("allowCallerToDialEscapeDigit", boolean),
    one("escapeDigit", enumeration("0123456789*#")),
    one("resetCallStatisticsUponEntryInQueue", boolean),
    one("allowAgentLogoff", boolean),
    one("allowCallWaitingForAgents", boolean),
    optional("allowCallsToAgentsInWrapUp", boolean),
    optional("overrideAgentWrapUpTime", boolean),
    optional("wrapUpSeconds", integer(1, 3600)),
    optional("forceDeliveryOfCalls", boolean),
    optional("forceDeliveryWaitTimeSeconds", integer(1, 999)),
    optional("enableAutomaticStateChangeForAgents", boolean),
    optional("agentStateAfterCall", enumeration(("Available", "Unavailable", "Wrap-Up"))),
    optional("agentUnavailableCode", token(10)),
    one("externalPreferredAudioCodec", _CODEC),
    one("internalPreferredAudioCodec", _CODEC),
    one("playRingingWhenOfferingCall", boolean),
    _CLASS_OF_SERVICE,
)

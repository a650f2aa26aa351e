"""Types that several commands share, with the limits of the interface."""

from broadworks_simulator import enumerations
from broadworks_simulator.schema.kinds import boolean, digits, enumeration, integer, octets, token
from broadworks_simulator.schema.particles import Abstract, Particle, either, many, one, optional, sequence

PROVIDER_ID = octets(30)
GROUP_ID = token(30)
USER_ID = token(161)
DOMAIN = token(80)
PERSON_NAME = token(30)
ACCOUNT_NAME = token(80)
PASSWORD = token(60)
PHONE_NUMBER = token(23)
EXTENSION = digits(2, 20)
EXTENSION_LENGTH = integer(2, 20)
TIME_ZONE = token(127)
LANGUAGE = token(40)
EMAIL = token(80)
PACK_NAME = token(80)
TEXT = token(256)
PLACE = token(50)
QUANTITY = integer(1, 2_147_483_647)

GROUP_SERVICE = enumeration(enumerations.GROUP_SERVICES)
USER_SERVICE = enumeration(enumerations.USER_SERVICES)

SIZE_LIMIT = optional("responseSizeLimit", integer(1, 1_000_000))
PROVIDER: tuple[Particle, ...] = (one("serviceProviderId", PROVIDER_ID),)
IDS: tuple[Particle, ...] = (*PROVIDER, one("groupId", GROUP_ID))

CONTACT = sequence(
    optional("contactName", token(30), nillable=True),
    optional("contactNumber", token(30), nillable=True),
    optional("contactEmail", EMAIL, nillable=True),
)
ADDRESS = sequence(
    optional("addressLine1", token(80), nillable=True),
    optional("addressLine2", token(80), nillable=True),
    optional("city", PLACE, nillable=True),
    optional("stateOrProvince", PLACE, nillable=True),
    optional("stateOrProvinceDisplayName", PLACE, nillable=True),
    optional("zipOrPostalCode", PLACE, nillable=True),
    optional("country", PLACE, nillable=True),
)
NUMBERS: tuple[Particle, ...] = (
    many("phoneNumber", PHONE_NUMBER),
    many("dnRange", sequence(one("minPhoneNumber", PHONE_NUMBER), one("maxPhoneNumber", PHONE_NUMBER))),
)
AMOUNT = sequence(either(one("unlimited", boolean), one("quantity", QUANTITY)))
_AUTHORIZED = either(one("authorizedQuantity", AMOUNT), one("unauthorized", boolean))
GROUP_SERVICE_AUTHORIZATION = sequence(one("serviceName", GROUP_SERVICE), _AUTHORIZED)
USER_SERVICE_AUTHORIZATION = sequence(one("serviceName", USER_SERVICE), _AUTHORIZED)
PACK_AUTHORIZATION = sequence(one("servicePackName", PACK_NAME), _AUTHORIZED)

DEPARTMENT = Abstract(
    {
        "GroupDepartmentKey": sequence(*IDS, one("name", token(50))),
        "EnterpriseDepartmentKey": sequence(*PROVIDER, one("name", token(50))),
    }
)
PLACEMENT: tuple[Particle, ...] = (
    optional("servicePolicy", token(80)),
    optional("callProcessingSliceId", token(80)),
    optional("provisioningSliceId", token(80)),
    optional("subscriberPartition", token(80)),
    optional("preferredDataCenter", token(80)),
)

"""Every error the simulator answers with.

Codes below 9000 and their texts were recorded from real servers or public clients. The table marked INVENTED is ours:
no public list of BroadWorks errors exists. Nothing may depend on those numbers, and the setting `invented_code_offset`
moves them all to prove it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    code: int
    text: str
    invented: bool = False


class Refusal(Exception):
    """A command was refused, wholly or (as a Warning) in part."""

    def __init__(self, problem: Problem, *about: str, detail: str = "", warning: bool = False) -> None:
        super().__init__(problem.text.format(*about))
        self.problem = problem
        self.detail = detail
        self.warning = warning


USER_NOT_FOUND = Problem(4008, "User not found: {}")
ADDRESS_INVALID = Problem(4015, "State/Province, or Address is invalid")
GROUP_NOT_FOUND = Problem(4152, "Group not found: {}:{}")
USER_EXISTS = Problem(4200, "User already exists: {}")
SERVICE_NOT_ASSIGNED = Problem(4410, "Service is not assigned to this subscriber: {}")
DEVICE_NOT_FOUND = Problem(4505, "Access Device not found")
EXTENSION_LENGTH_WRONG = Problem(
    4909, "Invalid extension. The extension length for this group {} is {} to {} digits long."
)
EXTENSION_IS_EMERGENCY = Problem(4911, "Invalid extension. The extension {} is an emergency number.")
LOGIN_INVALID = Problem(4962, "Invalid userId or password.")
ACCOUNT_DISABLED = Problem(5202, "Account is disabled.")
UNAUTHORIZED = Problem(5404, "Unauthorized transaction.")
REQUEST_INVALID = Problem(6004, "OCI XML Request validation error")


def _invented(code: int, text: str) -> Problem:
    return Problem(code, text, invented=True)


# ---- INVENTED: plausible texts, made-up numbers ----------------------------------------------------------------------
DOMAIN_EXISTS = _invented(9001, "Domain already exists: {}")
DOMAIN_NOT_FOUND = _invented(9002, "Domain not found: {}")
DOMAIN_ASSIGNED = _invented(9003, "Domain already assigned: {}")
DOMAIN_NOT_ASSIGNED = _invented(9004, "Domain is not assigned: {}")
DOMAIN_IN_USE = _invented(9005, "Domain is in use: {}")
PROVIDER_EXISTS = _invented(9011, "Service provider already exists: {}")
PROVIDER_NOT_FOUND = _invented(9012, "Service provider not found: {}")
PROVIDER_IN_USE = _invented(9013, "Service provider still has groups: {}")
GROUP_EXISTS = _invented(9021, "Group already exists: {}:{}")
GROUP_IN_USE = _invented(9022, "Group still has users: {}:{}")
USER_LIMIT_REACHED = _invented(9023, "The user limit of group {} is reached: {}")
USER_LIMIT_TOO_LOW = _invented(9024, "The user limit is below the number of users: {}")
EXTENSION_SETTINGS_WRONG = _invented(9025, "Extension lengths must satisfy minimum <= default <= maximum.")
DEPARTMENT_NOT_FOUND = _invented(9026, "Department not found: {}")
NUMBER_INVALID = _invented(9031, "Phone number is invalid: {}")
NUMBER_EXISTS = _invented(9032, "Phone number already exists in the system: {}")
NUMBER_NOT_FOUND = _invented(9033, "Phone number not found in the service provider: {}")
NUMBER_ASSIGNED = _invented(9034, "Phone number already assigned to a group: {}")
NUMBER_NOT_IN_GROUP = _invented(9035, "Phone number is not assigned to the group: {}")
NUMBER_IN_USE = _invented(9036, "Phone number is in use: {}")
NUMBER_RANGE_WRONG = _invented(9037, "Phone number range is invalid: {}")
SERVICE_NOT_AUTHORIZED = _invented(9041, "Service is not authorized: {}")
SERVICE_ASSIGNED = _invented(9042, "Service already assigned: {}")
SERVICE_NOT_ASSIGNED_TO_GROUP = _invented(9043, "Service is not assigned to the group: {}")
SERVICE_IN_USE = _invented(9044, "Service is in use: {}")
SERVICE_QUANTITY_EXCEEDED = _invented(9045, "The authorized quantity is exceeded: {}")
SERVICE_PREREQUISITE = _invented(9046, "Service {} depends on service {}")
SERVICES_PARTLY_ASSIGNED = _invented(9047, "Some services could not be assigned: {}")
PACK_EXISTS = _invented(9051, "Service pack already exists: {}")
PACK_NOT_FOUND = _invented(9052, "Service pack not found: {}")
PACK_IN_USE = _invented(9053, "Service pack is in use: {}")
USER_ID_WITHOUT_DOMAIN = _invented(9061, "The user id has no domain of the group: {}")
PASSWORD_MISSING = _invented(9062, "A password is required.")
EXTENSION_IN_USE = _invented(9063, "Extension already assigned: {}")
INSTANCE_TYPE_WRONG = _invented(9071, "The service user is of another type: {}")
TOO_MANY_ANSWERS = _invented(9081, "The result exceeds the response size limit: {}")

"""Telephone numbers of a service provider."""

from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.errors import NUMBER_EXISTS, NUMBER_IN_USE, NUMBER_NOT_FOUND, Refusal
from broadworks_simulator.numbering import asked_numbers
from broadworks_simulator.replies import Data, Table
from broadworks_simulator.schema.structures import NUMBERS, PROVIDER

COMMANDS = Commands()


@COMMANDS.changes("ServiceProviderDnAddListRequest", elements=(*PROVIDER, *NUMBERS))
def add_numbers(call: Call) -> None:
    enterprise = call.system.enterprise(call.fields.text("serviceProviderId"))
    numbers = asked_numbers(call.fields)
    for number in numbers:
        if number in call.system.numbers:
            raise Refusal(NUMBER_EXISTS, number)
    enterprise.numbers.update(dict.fromkeys(numbers))
    call.system.numbers.update(dict.fromkeys(numbers, enterprise.enterprise_id))


@COMMANDS.changes("ServiceProviderDnDeleteListRequest", elements=(*PROVIDER, *NUMBERS))
def delete_numbers(call: Call) -> None:
    enterprise = call.system.enterprise(call.fields.text("serviceProviderId"))
    numbers = asked_numbers(call.fields)
    for number in numbers:
        if number not in enterprise.numbers:
            raise Refusal(NUMBER_NOT_FOUND, number)
        if enterprise.numbers[number] is not None:
            raise Refusal(NUMBER_IN_USE, number)
    for number in numbers:
        del enterprise.numbers[number]
        del call.system.numbers[number]


@COMMANDS.reads("ServiceProviderDnGetSummaryListRequest", elements=PROVIDER)
def number_summary(call: Call) -> Data:
    numbers = call.system.enterprise(call.fields.text("serviceProviderId")).numbers
    rows = [
        (text, numbers[first] or "", numbers[first] is None) for text, first in call.spelled_runs(list(numbers.items()))
    ]
    return Data(
        "ServiceProviderDnGetSummaryListResponse",
        [Table("dnSummaryTable", ("Phone Numbers", "Group Id", "Can Delete"), rows)],
    )


@COMMANDS.reads("ServiceProviderDnGetAvailableListRequest", elements=PROVIDER)
def available_numbers(call: Call) -> Data:
    numbers = call.system.enterprise(call.fields.text("serviceProviderId")).numbers
    free = sorted(number for number, group_id in numbers.items() if group_id is None)
    return Data("ServiceProviderDnGetAvailableListResponse", [("availableDn", call.spelled(number)) for number in free])

from broadsoft_provisioner.domain import effects
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.readback import Different, leftover, missing, questions_about
from broadsoft_provisioner.domain.survey import GroupSeen, NumberSeen, Survey, UserSeen
from contracts.broadsoft import Group

NUMBERS = ("+12025550101", "+12025550102")
GROUP = Group(group_id="HQ", name="Acme  HQ", domain="acme.example", time_zone="America/New_York")
USER = effects.user(effects.ids("ACME", "HQ"), "u@acme.example", "1001", NUMBERS[0], "", "Enterprise Basic")


def test_only_the_numbers_that_are_missing_are_left_to_do() -> None:
    effect = effects.group_numbers("ACME", "HQ", NUMBERS)
    rest = missing(effect.do, Survey(group_numbers={NUMBERS[0]: NumberSeen()}))
    assert isinstance(rest, Command)
    assert rest.texts("phoneNumber") == (NUMBERS[1],)


def test_an_assigned_number_is_not_yet_an_active_one() -> None:
    effect = effects.active_numbers("ACME", "HQ", NUMBERS[:1])
    assert missing(effect.do, Survey(group_numbers={NUMBERS[0]: NumberSeen()})) == effect.do
    assert missing(effect.do, Survey(group_numbers={NUMBERS[0]: NumberSeen(activated=True)})) is None


def test_texts_are_compared_as_the_server_keeps_them() -> None:
    effect = effects.group("ACME", GROUP)
    assert missing(effect.do, Survey(group=GroupSeen("Acme HQ"))) is None
    assert isinstance(missing(effect.do, Survey(group=GroupSeen("Other"))), Different)


def test_a_user_is_ours_only_in_our_group_and_with_our_facts() -> None:
    same = UserSeen("1001", "Seat", NUMBERS[0], "1001")
    assert missing(USER.do, Survey(users={"u@acme.example": same})) is None
    assert missing(USER.do, Survey(users={"v@acme.example": same})) == USER.do
    other = UserSeen("Lovelace", "Ada", NUMBERS[0], "1001")
    assert isinstance(missing(USER.do, Survey(users={"u@acme.example": other})), Different)


def test_an_undo_takes_back_only_what_is_still_there() -> None:
    effect = effects.enterprise_numbers("ACME", NUMBERS)
    assert effect.undo
    left = leftover(effect.do, effect.undo, Survey(free_numbers=frozenset(NUMBERS[:1])))
    assert left
    assert left.texts("phoneNumber") == NUMBERS[:1]
    assert leftover(effect.do, effect.undo, Survey()) is None


def test_a_user_renamed_since_is_still_taken_back() -> None:
    assert USER.undo
    seen = Survey(users={"u@acme.example": UserSeen("Lovelace", "Ada", "", "1001")})
    assert leftover(USER.do, USER.undo, seen) == USER.undo


def test_a_partly_undone_authorisation_loses_the_items_that_are_gone() -> None:
    effect = effects.group_authorisations("ACME", "HQ", ["Enterprise Basic"], ["Call Park"], ["Call Notify"])
    assert effect.undo
    left = leftover(effect.do, effect.undo, Survey(authorised=frozenset({"Call Park"})))
    assert left
    assert [tag for tag, _ in left.elements[2:]] == ["groupServiceAuthorization"]


def test_the_list_of_users_is_asked_with_a_capital_g() -> None:
    assert questions_about(USER.do) == (
        Command("UserGetListInGroupRequest", (("serviceProviderId", "ACME"), ("GroupId", "HQ"))),
    )

from itertools import islice

from broadsoft_provisioner.domain.naming import extension_length, extensions, slug, user_id


def test_a_new_group_starts_at_1001() -> None:
    assert list(islice(extensions([], 4), 2)) == ["1001", "1002"]


def test_an_existing_group_goes_on_after_its_highest_extension_of_that_length() -> None:
    assert next(extensions(["1001", "2040", "30001", "", "x"], 4)) == "2041"


def test_emergency_numbers_are_no_extensions() -> None:
    assert next(extensions(["9109"], 4)) == "9120"


def test_a_full_group_has_none_left() -> None:
    assert list(extensions(["9999"], 4)) == []


def test_extensions_grow_with_the_group() -> None:
    assert [extension_length(users) for users in (5, 8000, 8001, 90_000)] == [4, 4, 5, 6]


def test_equal_group_ids_of_two_enterprises_give_different_user_ids() -> None:
    first, second = user_id("ACME", "MAIN", "1001", "Voip.Example"), user_id("BCME", "MAIN", "1001", "voip.example")
    assert first == "acme.main.1001@voip.example"
    assert first != second


def test_the_border_between_enterprise_and_group_shows_in_a_user_id() -> None:
    assert user_id("a", "b-c", "1", "d.e") != user_id("a-b", "c", "1", "d.e")


def test_a_slug_is_ascii_and_never_empty() -> None:
    assert [slug("Żed & Söhne"), slug("株式会社")] == ["zed-sohne", "x"]

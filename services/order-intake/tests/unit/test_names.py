"""Ids in BroadWorks are readable, short enough, and the same for the same name."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from order_intake.domain.names import LONGEST, broadworks_id


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("Harbor Dental Group", "harbor-dental-group-"),
        ("  O'Neil & Söhne, Inc. ", "o-neil-sohne-inc-"),
        ("Café Zoë", "cafe-zoe-"),
        ("東京", "account-"),
        ("!!!", "account-"),
        ("A very long name that no id of BroadWorks can hold", "a-very-long-name-that-n-"),
    ],
)
def test_an_id_reads_like_the_name(name: str, begins: str) -> None:
    assert re.fullmatch(re.escape(begins) + "[0-9a-f]{6}", broadworks_id(name, "p-1"))


@given(st.text(min_size=1, max_size=80), st.text(max_size=40))
def test_an_id_has_at_most_30_bytes_of_plain_characters(name: str, owner: str) -> None:
    made = broadworks_id(name, owner)
    assert len(made.encode()) <= LONGEST
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*-[0-9a-f]{6}", made)


def test_an_id_stays_the_same_for_ever() -> None:
    assert broadworks_id("Harbor Dental Group", "p-1 ") == broadworks_id("Harbor Dental Group", "p-1 ")
    assert broadworks_id("Harbor Dental Group", "p-1 ") == "harbor-dental-group-893949"


def test_a_name_in_other_capitals_is_the_same_name() -> None:
    assert broadworks_id("HARBOR Dental", "p-1") == broadworks_id("Harbor dental", "p-1")


def test_equal_names_of_different_owners_and_names_that_only_read_alike_are_kept_apart() -> None:
    assert broadworks_id("Harbor", "p-1") != broadworks_id("Harbor", "p-2")
    assert broadworks_id("東京", "p-1") != broadworks_id("大阪", "p-1")
    assert broadworks_id("Zoë", "p-1") != broadworks_id("Zoe", "p-1")

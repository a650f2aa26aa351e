import pytest

from broadsoft_provisioner.data import services_csv
from broadsoft_provisioner.domain.packages import BadMapping, parse

PACKAGES = parse(services_csv())


def test_every_package_of_the_catalogue_is_mapped() -> None:
    assert len(PACKAGES) == 91


def test_a_seat_holds_user_services_and_one_that_takes_voice_mail_brings_its_group_service() -> None:
    seats = [package for package in PACKAGES.values() if package.level == "seat"]
    assert len(seats) == 20
    assert all(seat.user_services for seat in seats)
    mailed = [package for package in PACKAGES.values() if "Voice Messaging User" in package.user_services]
    assert mailed
    assert all("Voice Messaging Group" in package.group_services for package in mailed)


def test_what_is_built_elsewhere_or_is_only_a_charge_has_no_services() -> None:
    others = [package for package in PACKAGES.values() if package.level in ("external", "none")]
    assert not any(package.user_services or package.group_services for package in others)


def test_odd_spellings_of_the_catalogue_are_kept() -> None:
    assert PACKAGES["Broadworks Anywhere"].user_services == ("BroadWorks Anywhere",)
    assert "Toll FRee Number" in PACKAGES
    assert "Traditional User\\User Management Fee" in PACKAGES


def test_an_extension_only_seat_gets_no_number() -> None:
    assert PACKAGES["Standard Select Extensions"].number == "never"


def test_a_wrong_level_is_refused() -> None:
    with pytest.raises(BadMapping, match="desk"):
        parse("package,level,user_services,group_services,number,confidence,note\nX,desk,,,,exact,\n")

"""At which addresses a PBX can be; private ones too, behind a VPN."""

import pytest

from contracts import documents
from contracts.orders import OrderItem, Trunk
from order_intake.domain.door.judging import judge
from order_intake.domain.door.rules import Rules

from ..builders import MENU, NOW, form

NOBODY = """
0.0.0.0 0.1.2.3 127.0.0.1 127.255.0.1 169.254.1.1 224.0.0.1 240.0.0.1 255.255.255.255 010.0.0.1 1.2.3 localhost
:: ::1 ::2 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:0.0.0.0 ::ffff:0.1.2.3 ::ffff:224.0.0.1 ::ffff:169.254.0.1
::ffff:255.255.255.255 64:ff9b::7f00:1 2002:7f00:1:: 2002:e000:1:: fe80::1 fe80::1%eth0 fec0::1 ff02::1 100::1 4000::1
1:2::3
""".split()


def codes(address: str) -> list[str]:
    trunk = Trunk(name="A", registration="static-ip", static_ip=address)
    sent = form(items=(OrderItem(package="Enterprise Basic", trunk=trunk),)).model_dump_json()
    faults = judge(documents.read(sent), Rules(NOW, MENU, fiction=True)).faults
    assert {fault.pointer for fault in faults} <= {"/items/0/trunk/static_ip"}
    return [fault.code for fault in faults]


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "192.0.2.7", "10.0.0.1", "172.16.0.9", "192.168.1.1", "100.64.0.1", "1.0.0.0", "223.255.255.255"),
        *("2606:4700::7", "2001:db8::1", "fd00::1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "2002:808:808::1"),
    ],
)
def test_a_pbx_can_be_there(address: str) -> None:
    assert codes(address) == []


@pytest.mark.parametrize("address", NOBODY)
def test_nobody_is_there(address: str) -> None:
    assert codes(address) == ["bad-ip"]

"""Which addresses a call on a user's behalf may reach, as a table."""

import pytest

from watchbill.platform.addresses import refusal

PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1"]
PUBLIC += ["168.63.129.15", "192.0.1.1", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::200e", "2001:200::1"]
CLOSED = {
    "0.0.0.0": "no host's",
    "0.1.2.3": "no host's",
    "10.0.0.1": "private",
    "10.255.255.255": "private",
    "100.64.0.1": "NAT",
    "100.100.100.200": "NAT",
    "100.127.255.255": "NAT",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "cloud",
    "169.254.0.1": "link-local",
    "169.254.169.254": "link-local",
    "169.254.170.2": "link-local",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.192": "reserved for protocols",
    "192.0.2.1": "documentation",
    "192.88.99.1": "6to4",
    "192.168.1.1": "private",
    "198.18.0.1": "benchmarks",
    "198.19.255.255": "benchmarks",
    "198.51.100.7": "documentation",
    "203.0.113.7": "documentation",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "not of the public internet",
    "::1": "loopback",
    "::127.0.0.1": "not of the public internet",
    "::ffff:127.0.0.1": "hides",
    "::ffff:8.8.8.8": "hides",
    "::ffff:a9fe:a9fe": "hides",
    "64:ff9b::7f00:1": "hides",
    "64:ff9b:1::1": "hides",
    "100::1": "not of the public internet",
    "2001::1": "reserved for protocols",
    "2001:0:53aa:64c::": "reserved for protocols",
    "2001:20::1": "reserved for protocols",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "hides",
    "3fff::1": "documentation",
    "4000::1": "not of the public internet",
    "5f00::1": "not of the public internet",
    "fc00::1": "private",
    "fd00:ec2::254": "cloud",
    "fd12:3456::1": "private",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "fec0::1": "not of the public internet",
    "ff02::1": "multicast",
}
OF_THIS_MACHINE_AND_ITS_NETWORK = ["127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "fd12:3456::1"]
NEVER = ["169.254.169.254", "fd00:ec2::254", "168.63.129.16", "0.0.0.0", "224.0.0.1", "::ffff:127.0.0.1", "fe80::1"]


@pytest.mark.parametrize("address", PUBLIC)
def test_the_public_internet_may_be_called(address):
    assert refusal(address) is None
    assert refusal(address, local=True) is None


@pytest.mark.parametrize(("address", "why"), CLOSED.items())
def test_every_other_address_is_refused_with_the_reason(address, why):
    assert why in (refusal(address) or "")


@pytest.mark.parametrize("address", OF_THIS_MACHINE_AND_ITS_NETWORK)
def test_a_local_deployment_may_call_its_own_network(address):
    assert refusal(address) is not None
    assert refusal(address, local=True) is None


@pytest.mark.parametrize("address", NEVER)
def test_not_even_a_local_deployment_calls_what_serves_credentials_or_is_no_host(address):
    assert refusal(address, local=True) is not None


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "0x7f000001", "1.2.3.4.5", "[::1]"])
def test_what_is_not_an_address_in_digits_is_an_error(text):
    with pytest.raises(ValueError, match="does not appear to be"):
        refusal(text)

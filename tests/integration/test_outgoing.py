"""Calls to addresses that users give: nothing inside is reached, nobody outside holds us up."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.integration.client.server import HANG_UP, Reply
from tests.support.receiver import dripping, hanging, receiving, saying, talking
from watchbill.platform import clock
from watchbill.platform.addresses import parsed
from watchbill.platform.outgoing import NoAnswer, Outgoing, Refused

INSIDE = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.64.0.1", "::1", "fd00:ec2::254", "::ffff:10.0.0.1"]


class Names:
    """A resolver that answers from a list, a different one each time when told so."""

    def __init__(self, *answers):
        self._answers = list(answers)
        self.asked = []

    def __call__(self, host, _port, _seconds):
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def post(outgoing, url, **options):
    return outgoing.send("POST", url, headers={"X-Test": "1"}, body=b"hello", **options)


# Which addresses are refused before anything is sent.


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused(address):
    outgoing = Outgoing(resolve=Names([address]))

    with pytest.raises(Refused, match=r"may not be called"):
        outgoing.check("https://hooks.example.com/")
    with pytest.raises(Refused, match=r"may not be called"):
        post(outgoing, "https://hooks.example.com/")


@pytest.mark.parametrize("address", INSIDE)
def test_one_address_inside_among_others_refuses_the_name(address):
    outgoing = Outgoing(resolve=Names(["93.184.216.34", address]))

    with pytest.raises(Refused, match=r"'hooks\.example\.com' may not be called"):
        outgoing.check("https://hooks.example.com/")


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://017700000001/",
        "https://%31%32%37.0.0.1/",
        "https://①②⑦.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::169.254.169.254]/",
        "https://0.0.0.0/",
        "https://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "https://LOCALHOST./",
    ],
)
def test_an_address_inside_is_refused_however_it_is_written(url):
    with pytest.raises((Refused, NoAnswer)):
        Outgoing().check(url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://example.com/", "begins with https"),
        ("ftp://example.com/", "begins with https"),
        ("file:///etc/passwd", "not an address such as"),
        ("gopher://example.com:70/", "begins with https"),
        ("javascript:alert(1)", "not an address such as"),
        ("example.com", "not an address such as"),
        ("//example.com", "not an address such as"),
        ("https://", "not an address such as"),
        ("https://a:99999/", "not an address such as"),
        ("https://user@example.com/", "no user"),
        ("https://user:word@example.com/", "no user"),
        ("https://good.example#@evil.example/", "no user"),
        ("https://example.com:22/", "port 22"),
        ("https://example.com:25/", "port 25"),
        ("https://exa\nmple.com/", "printable"),
        ("https://example.com/ a", "no blanks"),
        ("https://example.com/\r\nX: 1", "printable"),
        ("", "1 to 2,000"),
        ("https://example.com/" + "a" * 2_000, "1 to 2,000"),
    ],
)
def test_an_address_of_another_kind_is_refused_with_the_reason(url, why):
    with pytest.raises(Refused, match=why):
        Outgoing(resolve=Names(["93.184.216.34"])).check(url)


@pytest.mark.parametrize("url", ["https://example.com", "https://example.com:8443/a?b=c", "https://bücher.example/ä"])
def test_addresses_of_the_public_internet_may_be_called(url):
    Outgoing(resolve=Names(["93.184.216.34", "2606:4700::1111"])).check(url)


@pytest.mark.parametrize("host", ["nobody.invalid", "a" * 64 + ".example", "a..b"])
def test_a_name_without_an_address_is_said_to_have_none(host):
    with pytest.raises(NoAnswer, match="has no address"):
        Outgoing().check(f"https://{host}/")


def test_an_address_is_taken_apart_as_browsers_do():
    target = parsed("https://Bücher.example:8443\\@other.example/ä?q=ü")

    assert (target.host, target.port, target.path) == ("xn--bcher-kva.example", 8443, "/@other.example/%C3%A4?q=%C3%BC")
    assert target.authority == "xn--bcher-kva.example:8443"
    assert parsed("https://[2606:4700::1111]/").authority == "[2606:4700::1111]"


# Which connection is made.


def test_a_name_is_resolved_once_so_that_it_cannot_change_its_mind():
    with receiving() as receiver:
        names = Names(["127.0.0.1"], ["169.254.169.254"])
        port = parsed(receiver.url).port

        answer = post(Outgoing(local=True, resolve=names), f"http://rebinding.example:{port}/hook")

    assert answer.status == 204
    assert names.asked == ["rebinding.example"]
    assert receiver.seen[0].headers["host"] == f"rebinding.example:{port}"


def test_a_request_is_sent_as_given():
    with receiving(Reply(200, b"thanks", {"X-Their": "2"})) as receiver:
        answer = post(Outgoing(local=True), f"{receiver.url}?a=1")

    (seen,) = receiver.seen
    assert (seen.method, seen.path, seen.query, seen.body) == ("POST", "/hook", {"a": "1"}, b"hello")
    assert (seen.headers["x-test"], seen.headers["user-agent"]) == ("1", "Watchbill")
    assert (answer.status, answer.body, answer.complete, answer.headers["x-their"]) == (200, b"thanks", True, "2")


def test_the_next_address_is_tried_when_nobody_listens_at_the_first():
    with receiving() as receiver:
        names = Names(["127.0.0.2", "127.0.0.1"])

        answer = post(Outgoing(local=True, resolve=names), f"http://two.example:{parsed(receiver.url).port}/")

    assert answer.status == 204


@pytest.mark.parametrize("fault", [HANG_UP, Reply(502), Reply(503), Reply(504)], ids=str)
def test_what_is_only_asked_for_is_asked_for_again_after_a_fault_of_the_moment(fault):
    with receiving(fault, fault, Reply(200, b"there")) as receiver:
        answer = Outgoing(local=True).send("GET", receiver.url, headers={})

    assert (answer.body, len(receiver.seen)) == (b"there", 3)


@pytest.mark.parametrize("answered", [404, 429, 500])
def test_an_answer_that_is_none_of_the_moment_is_taken(answered):
    with receiving(Reply(answered)) as receiver:
        assert Outgoing(local=True).send("GET", receiver.url, headers={}).status == answered

    assert len(receiver.seen) == 1


def test_asking_again_ends_in_time_and_with_what_came_last():
    with receiving(afterwards=Reply(503)) as receiver:
        assert Outgoing(local=True).send("GET", receiver.url, headers={}).status == 503
        assert Outgoing(local=True).send("GET", receiver.url, headers={}, seconds=0.1).status == 503

    assert len(receiver.seen) == 3 + 1


def test_what_does_something_is_sent_once():
    with receiving(Reply(503)) as receiver:
        assert post(Outgoing(local=True), receiver.url).status == 503

    assert len(receiver.seen) == 1


def test_redirects_are_not_followed():
    with receiving() as elsewhere, receiving(Reply(307, b"", {"Location": elsewhere.url})) as receiver:
        answer = post(Outgoing(local=True), receiver.url)

    assert answer.status == 307
    assert elsewhere.seen == []


def test_a_proxy_of_the_environment_is_not_used(monkeypatch):
    with receiving() as proxy, receiving() as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)

        post(Outgoing(local=True), receiver.url)

    assert (len(proxy.seen), len(receiver.seen)) == (0, 1)


# How long and how much.


def test_an_answer_that_never_comes_is_given_up():
    with talking(hanging) as url, pytest.raises(NoAnswer, match="time was up"):
        post(Outgoing(local=True), url, seconds=0.2)


@pytest.mark.parametrize(
    "parts",
    [(), (b"HTTP/1.1 200 OK\r\nX: ",), (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",)],
    ids=["status line", "headers", "body"],
)
def test_an_answer_of_one_byte_at_a_time_is_given_up(parts):
    began = clock.ticks()

    with talking(dripping(*parts)) as url, pytest.raises(NoAnswer):
        post(Outgoing(local=True), url, seconds=0.3)

    assert clock.ticks() - began < 2


def test_of_a_huge_body_only_the_beginning_is_read():
    with receiving(Reply(200, b"x" * 20_000_000)) as receiver:
        answer = post(Outgoing(local=True), receiver.url, most_bytes=1_000)

    assert (answer.status, answer.body, answer.complete) == (200, b"x" * 1_000, False)


def test_a_compressed_bomb_stays_compressed():
    with receiving(Reply(200, b"\x1f\x8b bomb", {"Content-Encoding": "gzip"})) as receiver:
        answer = post(Outgoing(local=True), receiver.url)

    assert answer.body == b"\x1f\x8b bomb"


@pytest.mark.parametrize(
    "parts",
    [
        [b""],
        [b"SSH-2.0-OpenSSH_9\r\n"],
        [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
    ],
    ids=["nothing", "another protocol", "endless headers", "a short body", "bad chunks"],
)
def test_an_answer_that_is_no_http_is_none(parts):
    with talking(saying(parts)) as url, pytest.raises(NoAnswer):
        post(Outgoing(local=True), url, seconds=2)


def test_nobody_listening_is_no_answer():
    with receiving() as receiver:
        url = receiver.url

    with pytest.raises(NoAnswer, match="refused"):
        post(Outgoing(local=True), url)


# Whose certificate.


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """A server's TLS for `hooks.example`, and a client's that trusts who signed it."""
    key, folder = ec.generate_private_key(ec.SECP256R1()), tmp_path_factory.mktemp("tls")
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example")])
    names = [x509.DNSName("hooks.example"), x509.IPAddress(ip_address("127.0.0.9"))]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(private + certificate.public_bytes(pem))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    return server, ssl.create_default_context(cadata=certificate.public_bytes(pem).decode())


def over_tls(server):
    """A server that speaks TLS and answers 200."""

    def talk(connection, over):
        with server.wrap_socket(connection, server_side=True) as wrapped:
            request = b""
            while not request.endswith(b"hello"):
                request += wrapped.recv(65536)
            wrapped.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    return talking(talk)


def test_tls_is_verified_against_the_name_and_not_the_address(certified):
    server, trusting = certified
    outgoing = Outgoing(local=True, tls=trusting, resolve=Names(["127.0.0.1"]))

    with over_tls(server) as url:
        port = parsed(url).port
        assert post(outgoing, f"https://hooks.example:{port}/").status == 200
        with pytest.raises(NoAnswer, match="certificate verify failed"):
            post(outgoing, f"https://other.example:{port}/")


def test_a_certificate_that_nobody_we_trust_signed_is_refused(certified):
    server, _ = certified

    with over_tls(server) as url, pytest.raises(NoAnswer, match="certificate verify failed"):
        post(Outgoing(local=True, resolve=Names(["127.0.0.1"])), f"https://hooks.example:{parsed(url).port}/")

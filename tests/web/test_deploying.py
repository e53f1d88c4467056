"""Behind a reverse proxy: whose address counts, and the nginx configuration that ships, in nginx."""

import datetime
import json
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient

from playground.web.app import Settings, create_app
from tests.web.serving import serving

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
DEPLOY = Path(__file__).parents[2] / "deploy"
NAME = "playground.example"


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Iterator[FlaskClient]:
    made = create_app(Settings(labs_per_minute=1, proxies=request.param))
    yield made.app.test_client()
    made.registry.stop()


def opened(client: FlaskClient, said: str) -> int:
    return client.post(
        "/api/labs", json={"nodes": [], "clock": "manual"}, headers={"X-Forwarded-For": said}
    ).status_code


@pytest.mark.parametrize("client", [1], indirect=True)
def test_behind_a_proxy_every_learner_has_an_allowance_of_their_own(client: FlaskClient) -> None:
    assert [opened(client, "198.51.100.1"), opened(client, "198.51.100.2"), opened(client, "198.51.100.1")] == [
        201,
        201,
        429,
    ]
    refused = client.post("/api/labs", json={"nodes": []}, headers={"X-Forwarded-For": "198.51.100.1"})
    assert refused.get_json() == {"error": "these are many new labs: one address may open 1 in a minute; wait a moment"}
    # Only what the proxy itself has added is believed.
    assert opened(client, "203.0.113.9, 198.51.100.2") == 429


@pytest.mark.parametrize("client", [0], indirect=True)
def test_without_a_proxy_nobody_s_word_on_their_address_is_taken(client: FlaskClient) -> None:
    assert [opened(client, "198.51.100.1"), opened(client, "198.51.100.2")] == [201, 429]


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, private = folder / "site.pem", folder / "site.key"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem, private


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[int, ssl.SSLContext]]:
    """The playground behind nginx with the configuration that ships; only names of files and ports are others."""
    if NGINX is None:
        pytest.skip("nginx is not installed (Debian: nginx-light)")
    pem, private = _certificate(tmp_path)
    port = _free_port()
    with serving("eventlet", "--proxies", "1") as served:
        ours = (DEPLOY / "nginx.conf").read_text()
        for old, new in (
            ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
            ("/etc/ssl/playground.example.pem", str(pem)),
            ("/etc/ssl/playground.example.key", str(private)),
            ("127.0.0.1:8000", served.url.removeprefix("http://")),
        ):
            assert old in ours
            ours = ours.replace(old, new)
        temporary = "".join(
            f"{each}_temp_path {tmp_path}/{each};\n" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        (tmp_path / "nginx.conf").write_text(
            f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\ndaemon off;\nevents {{}}\n"
            f"http {{\naccess_log off;\n{temporary}{ours}}}\n"
        )
        running = subprocess.Popen([NGINX, "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])
        try:
            until = time.monotonic() + 20
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert running.poll() is None, (tmp_path / "error.log").read_text()
                    assert time.monotonic() < until
                    time.sleep(0.05)
            yield port, ssl.create_default_context(cafile=str(pem))
        finally:
            running.terminate()
            running.wait(10)


def _answer(site: tuple[int, ssl.SSLContext], request: str) -> bytes:
    port, trust = site
    with (
        socket.create_connection(("127.0.0.1", port), 20) as plain,
        trust.wrap_socket(plain, server_hostname=NAME) as line,
    ):
        line.sendall(request.encode())
        got = b""
        while b"\r\n\r\n" not in got:
            piece = line.recv(4096)
            assert piece, got
            got += piece
    return got


def test_pages_terminals_and_engines_go_through_the_nginx_that_is_described(site: tuple[int, ssl.SSLContext]) -> None:
    page = _answer(site, f"GET / HTTP/1.1\r\nHost: {NAME}\r\n\r\n")
    assert page.startswith(b"HTTP/1.1 200 ")

    body = json.dumps({"nodes": ["manager1"]})
    made = _answer(
        site,
        f"POST /api/labs HTTP/1.1\r\nHost: {NAME}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}",
    )
    assert made.startswith(b"HTTP/1.1 201 ")
    found = re.search(rb"/engines/[^/\"]+/manager1", made)
    assert found is not None, made
    ping = _answer(site, f"GET {found[0].decode()}/_ping HTTP/1.1\r\nHost: {NAME}\r\n\r\n")
    assert b"\r\nApi-Version: 1.49\r\n" in ping

    # The page's own connection: its origin is the site's, as a browser says it.
    upgraded = _answer(
        site,
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {NAME}\r\nOrigin: https://{NAME}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    )
    assert upgraded.startswith(b"HTTP/1.1 101 ")

    # A stream without an end begins at once.
    events = _answer(site, f"GET {found[0].decode()}/events HTTP/1.1\r\nHost: {NAME}\r\n\r\n")
    assert events.startswith(b"HTTP/1.1 200 ")

"""http.client and bare sockets against the server at argv[1]."""

import http.client
import socket
import ssl
import sys
import urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])
trust = ssl.create_default_context() if url.scheme == "https" else None


def check(name, got, want):
    if got != want:
        sys.exit(f"{name}: got {got!r}, want {want!r}")


def persistent_connection():
    conn = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
    if trust:
        conn = http.client.HTTPSConnection(url.hostname, url.port, timeout=20, context=trust)
    for _ in range(100):
        conn.request("GET", "/plaintext")
        check("plaintext", conn.getresponse().read(), b"Hello, World!")
    used = conn.sock
    conn.request("HEAD", "/plaintext")
    response = conn.getresponse()
    check("head", (response.status, response.length, response.read()), (200, 0, b""))
    conn.request("POST", "/echo", body=iter([b"one ", b"two ", b"three"]), encode_chunked=True,
                 headers={"Transfer-Encoding": "chunked"})
    check("chunked echo", conn.getresponse().read(), b"one two three")
    conn.request("GET", "/bytes/2000000")
    check("large download", len(conn.getresponse().read()), 2_000_000)
    check("one connection for all of it", conn.sock, used)
    conn.request("POST", "/echo", body=b"x" * 500_000)
    check("large echo", conn.getresponse().read(), b"x" * 500_000)
    conn.close()


def bare(data):
    """Sends data, closes that direction, and returns all that comes back."""
    with socket.create_connection((url.hostname, url.port), timeout=20) as s:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        answer = b""
        while part := s.recv(65536):
            answer += part
        return answer


def pipelined():
    request = b"GET /plaintext HTTP/1.1\r\nHost: h\r\n\r\n"
    answer = bare(request * 50)
    check("pipelined answers", answer.count(b"HTTP/1.1 200 "), 50)
    check("pipelined bodies", answer.count(b"Hello, World!"), 50)


def refused():
    answer = bare(b"GET / HTTP/1.1\r\n\r\n")
    check("no Host", answer.split(b" ")[1], b"400")


def versions():
    for version in ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3:
        context = ssl.create_default_context()
        context.minimum_version = context.maximum_version = version
        context.set_alpn_protocols(["http/1.1"])
        with socket.create_connection((url.hostname, url.port), timeout=20) as plain, \
                context.wrap_socket(plain, server_hostname=url.hostname) as s:
            check("version", s.version(), {"TLSv1_2": "TLSv1.2", "TLSv1_3": "TLSv1.3"}[version.name])
            check("protocol", s.selected_alpn_protocol(), "http/1.1")
            s.sendall(b"GET /bytes/100000 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            answer = b""
            while part := s.recv(65536):  # an end without close_notify would raise
                answer += part
            check("body over " + version.name, len(answer.partition(b"\r\n\r\n")[2]), 100_000)


persistent_connection()
if trust:
    versions()
else:  # a bare socket can close one direction, one of ssl cannot
    pipelined()
    refused()

"""http.client and bare sockets against the server at argv[1]."""

import http.client
import socket
import sys
import urllib.parse

url = urllib.parse.urlsplit(sys.argv[1])


def check(name, got, want):
    if got != want:
        sys.exit(f"{name}: got {got!r}, want {want!r}")


def persistent_connection():
    conn = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
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


persistent_connection()
pipelined()
refused()

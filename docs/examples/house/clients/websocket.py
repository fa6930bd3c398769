"""The package websockets against the WebSockets of the server at argv[1]."""

import asyncio
import ssl
import sys

import websockets

base = "ws" + sys.argv[1].removeprefix("http")
options = {"ssl": ssl.create_default_context()} if base.startswith("wss") else {}


def check(name, got, want):
    if got != want:
        sys.exit(f"{name}: got {got!r:.200}, want {want!r:.200}")


async def echo(compression):
    async with websockets.connect(f"{base}/ws", compression=compression, max_size=None, **options) as socket:
        for message in ["", "Hello, World!", "Grüße, 世界", "x" * 70_000, b"\x00\xff" * 500_000]:
            await socket.send(message)
            check("echo", await socket.recv(), message)
        await socket.send(["one ", "two ", "three"])  # a frame each
        check("fragments", await socket.recv(), "one two three")
        await asyncio.wait_for(await socket.ping(), 20)
    check("close code", socket.close_code, 1000)


async def pipelined():
    async with websockets.connect(f"{base}/ws", **options) as socket:
        for i in range(1000):
            await socket.send(str(i))
        for i in range(1000):
            check("order", await socket.recv(), str(i))


async def main():
    await echo(None)
    await echo("deflate")
    await asyncio.gather(*(pipelined() for _ in range(20)))


asyncio.run(asyncio.wait_for(main(), 60))

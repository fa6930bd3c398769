// The package ws against the WebSockets of the server at argv[2], with and
// without compression.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";

const { WebSocket } = createRequire(import.meta.url)("ws");

const base = process.argv[2].replace(/^http/, "ws");

// A socket whose messages wait until somebody takes them.
async function open(path, options) {
  const socket = new WebSocket(base + path, options);
  const come = [], waiting = [];
  socket.on("message", (data, isBinary) => {
    const message = isBinary ? data : data.toString();
    if (waiting.length > 0) waiting.shift()(message);
    else come.push(message);
  });
  socket.take = () => new Promise((resolve) => (come.length > 0 ? resolve(come.shift()) : waiting.push(resolve)));
  await once(socket, "open");
  return socket;
}

async function closed(socket, code) {
  const over = once(socket, "close");
  socket.close(code, "bye");
  const [got] = await over;
  assert.equal(got, code);
}

async function echo(perMessageDeflate) {
  const socket = await open("/ws", { perMessageDeflate });
  for (const message of ["", "Hello, World!", "Grüße, 世界 🎈", "x".repeat(70_000), Buffer.alloc(1_000_000, 7)]) {
    socket.send(message);
    assert.deepEqual(await socket.take(), message);
  }
  // Fragments, with a ping between them.
  const pong = once(socket, "pong");
  socket.send("one ", { fin: false });
  socket.ping("are you there");
  socket.send("two", { fin: true });
  assert.equal(await socket.take(), "one two");
  assert.equal((await pong)[0].toString(), "are you there");
  // Many on the way at once keep their order.
  const texts = Array.from({ length: 1000 }, (_, i) => `${i} of a thousand`);
  for (const text of texts) socket.send(text);
  for (const text of texts) assert.equal(await socket.take(), text);
  await closed(socket, 4000);
}

// Two in the chat hear each other.
async function chat() {
  const first = await open("/chat?name=first");
  assert.equal(await first.take(), "first is here");
  const second = await open("/chat?name=second");
  for (const socket of [first, second]) assert.equal(await socket.take(), "second is here");
  first.send("hello");
  for (const socket of [first, second]) assert.equal(await socket.take(), "first: hello");
  await closed(second, 1000);
  assert.equal(await first.take(), "second has left");
  await closed(first, 1000);
}

setTimeout(() => assert.fail("it took too long"), 60_000).unref();
await echo(false);
await echo(true);
await chat();

// The WebSocket of node itself, as browsers have it, against the server at argv[2].

import assert from "node:assert/strict";

const base = process.argv[2].replace(/^http/, "ws");

function next(socket, event) {
  return new Promise((resolve, reject) => {
    socket.addEventListener(event, resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error(`an error instead of ${event}`)), { once: true });
  });
}

async function echo() {
  const socket = new WebSocket(`${base}/ws`);
  socket.binaryType = "arraybuffer";
  await next(socket, "open");
  for (const text of ["", "Hello, World!", "Grüße, 世界 🎈", "x".repeat(70_000)]) {
    socket.send(text);
    assert.equal((await next(socket, "message")).data, text);
  }
  const octets = new Uint8Array(1_000_000).fill(7);
  socket.send(octets);
  assert.deepEqual(new Uint8Array((await next(socket, "message")).data), octets);
  socket.close(4000, "bye");
  const { code, wasClean } = await next(socket, "close");
  assert.deepEqual({ code, wasClean }, { code: 4000, wasClean: true });
}

// Many at once, each with many messages on the way.
async function many() {
  await Promise.all(Array.from({ length: 50 }, async (_, i) => {
    const socket = new WebSocket(`${base}/ws`);
    await next(socket, "open");
    const came = [];
    const all = new Promise((resolve) => {
      socket.addEventListener("message", ({ data }) => came.push(data) === 100 && resolve());
    });
    const sent = Array.from({ length: 100 }, (_, n) => `${i} ${n}`);
    for (const text of sent) socket.send(text);
    await all;
    assert.deepEqual(came, sent);
    socket.close();
    assert.equal((await next(socket, "close")).wasClean, true);
  }));
}

// There is no WebSocket there, and the client is told so.
async function refused() {
  const socket = new WebSocket(`${base}/plaintext`);
  await assert.rejects(next(socket, "open"));
}

setTimeout(() => assert.fail("it took too long"), 60_000).unref();
await echo();
await many();
await refused();

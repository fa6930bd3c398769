// node:http2 against the server at argv[2].

import assert from "node:assert/strict";
import { once } from "node:events";
import http2 from "node:http2";

const base = process.argv[2];

// One request on a stream of its own; parts are sent one after the other.
async function request(session, headers, parts = []) {
  const stream = session.request(headers, { endStream: parts.length === 0 });
  stream.setTimeout(20_000, () => stream.destroy(new Error("no answer")));
  for (const part of parts) stream.write(part);
  if (parts.length > 0) stream.end();
  const [head] = await once(stream, "response");
  const body = [];
  for await (const part of stream) body.push(part);
  return { status: head[":status"], head, body: Buffer.concat(body) };
}

const session = http2.connect(base);
session.on("error", (error) => assert.fail(error));
await once(session, "connect");
if (base.startsWith("https:")) assert.equal(session.alpnProtocol, "h2");

const plain = await request(session, { ":path": "/plaintext" });
assert.equal(plain.status, 200);
assert.equal(plain.body.toString(), "Hello, World!");

const head = await request(session, { ":method": "HEAD", ":path": "/plaintext" });
assert.equal(head.head["content-length"], "13");
assert.equal(head.body.length, 0);

// Cookies in crumbs, a body in pieces.
const parts = Array.from({ length: 100 }, () => Buffer.alloc(1000, "x"));
const echoed = await request(session, { ":method": "POST", ":path": "/echo", cookie: ["a=1", "b=2"] }, parts);
assert.equal(echoed.body.length, 100_000);

// Far more requests than streams at once, some of them asleep.
const many = Array.from({ length: 500 }, async (_, i) => {
  const answer = await request(session, { ":path": i % 50 === 0 ? "/sleep/100" : `/bytes/${i}` });
  assert.equal(answer.status, 200);
});
await Promise.all(many);

// A stream that the client gives up harms no other.
const dripping = session.request({ ":path": "/drip/100" });
await once(dripping, "data");
dripping.close(http2.constants.NGHTTP2_CANCEL);
await once(dripping, "close");
assert.equal((await request(session, { ":path": "/json" })).status, 200);

// A WebSocket on a stream (RFC 8441), its frames by hand: node has no client for it.
if (!session.remoteSettings.enableConnectProtocol) await once(session, "remoteSettings");
assert.equal(session.remoteSettings.enableConnectProtocol, true);
const tunnel = session.request({
  ":method": "CONNECT", ":protocol": "websocket", ":path": "/ws", "sec-websocket-version": "13",
}, { endStream: false });
tunnel.setTimeout(20_000, () => tunnel.destroy(new Error("no frame")));
const [agreed] = await once(tunnel, "response");
assert.equal(agreed[":status"], 200);
const frames = [];
tunnel.on("data", (part) => frames.push(part));
const noMask = Buffer.alloc(4);
tunnel.write(Buffer.concat([Buffer.from([0x81, 0x80 | 5]), noMask, Buffer.from("hello")]));
tunnel.end(Buffer.concat([Buffer.from([0x88, 0x80 | 2]), noMask, Buffer.from([1000 >> 8, 1000 & 255])]));
await once(tunnel, "end");
assert.equal(Buffer.concat(frames).toString("latin1"), "\x81\x05hello\x88\x02\x03\xe8");

await new Promise((resolve, reject) => session.ping((error) => (error ? reject(error) : resolve())));
session.close();
await once(session, "close");

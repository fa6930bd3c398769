// fetch, node:http and node:https against the server at argv[2].

import assert from "node:assert/strict";
import http from "node:http";
import https from "node:https";

const base = process.argv[2];
const { request: ask } = base.startsWith("https:") ? https : http;

async function fetches() {
  const plain = await fetch(`${base}/plaintext`);
  assert.equal(plain.status, 200);
  assert.equal(await plain.text(), "Hello, World!");

  const json = await fetch(`${base}/json`);
  assert.match(json.headers.get("content-type"), /^application\/json/);
  assert.equal(typeof (await json.json()), "object");

  const many = Array.from({ length: 200 }, async (_, i) => {
    const echoed = await fetch(`${base}/echo`, { method: "POST", body: `body ${i}` });
    assert.equal(await echoed.text(), `body ${i}`);
  });
  await Promise.all(many);
}

// A request body that is made while it is sent.
async function streamed() {
  async function* parts() {
    for (let i = 0; i < 100; i++) yield Buffer.alloc(1000, "x");
  }
  const echoed = await fetch(`${base}/echo`, { method: "POST", body: parts(), duplex: "half" });
  assert.equal((await echoed.arrayBuffer()).byteLength, 100_000);
}

// The body waits until the server says 100 (Continue).
function continued() {
  return new Promise((resolve, reject) => {
    const headers = { Expect: "100-continue", "Content-Length": 5 };
    const request = ask(`${base}/echo`, { method: "POST", headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (part) => (body += part));
      response.on("end", () => resolve(assert.equal(body, "hello")));
    });
    request.on("continue", () => request.end("hello")).on("error", reject);
    request.setTimeout(20_000, () => request.destroy(new Error("no 100 (Continue)")));
    request.flushHeaders();
  });
}

await fetches();
await streamed();
await continued();

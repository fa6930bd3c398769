// Chromium, driven through its debugging pipe, against the server at argv[2]:
// pages, fetch, and WebSockets as a browser speaks them.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const base = process.argv[2];
const secure = base.startsWith("https:");

const browser = spawn(
  "chromium",
  [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--ignore-certificate-errors",
    "--remote-debugging-pipe", `--user-data-dir=${process.cwd()}/profile`,
  ],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
);
const [, , , toBrowser, fromBrowser] = browser.stdio;

// Commands and answers are JSON texts that end with a zero octet.
const waiting = new Map();
let last = 0;
let unread = "";
fromBrowser.setEncoding("utf8").on("data", (part) => {
  const texts = (unread + part).split("\0");
  unread = texts.pop();
  for (const message of texts.map((text) => JSON.parse(text))) {
    waiting.get(message.id)?.(message);
    waiting.delete(message.id);
  }
});

async function command(method, params = {}, sessionId = undefined) {
  const id = ++last;
  const answer = new Promise((resolve) => waiting.set(id, resolve));
  toBrowser.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
  const { result, error } = await answer;
  assert.equal(error, undefined, `${method}: ${JSON.stringify(error)}`);
  return result;
}

// A tab that shows path, and what runs a function in it.
async function tab(path) {
  const { targetId } = await command("Target.createTarget", { url: base + path });
  const { sessionId } = await command("Target.attachToTarget", { targetId, flatten: true });
  const evaluate = async (f, ...args) => {
    const expression = `(${f})(...${JSON.stringify(args)})`;
    const { result, exceptionDetails } = await command(
      "Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true }, sessionId);
    assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails?.exception));
    return result.value;
  };
  // The first page of a tab is left while it is asked: then the question fails.
  const shown = (url) => location.href === url && document.readyState === "complete";
  while (!(await evaluate(shown, base + path).catch(() => false))) await sleep(20);
  return evaluate;
}

async function pages() {
  const welcome = await tab("/");
  assert.match(await welcome(() => document.body.innerText), /\/health/);
  const evaluate = await tab("/json"); // a page that may fetch
  const spoken = await evaluate(async () => {
    for (let i = 0; i < 50; i++) {
      const answer = await fetch("/echo", { method: "POST", body: `body ${i}` });
      if ((await answer.text()) !== `body ${i}`) throw new Error(`echo ${i}`);
    }
    await Promise.all(Array.from({ length: 50 }, (_, i) => fetch(`/bytes/${i}`).then((answer) => answer.text())));
    return [...new Set(performance.getEntries().filter((e) => e.nextHopProtocol).map((e) => e.nextHopProtocol))];
  });
  assert.deepEqual(spoken, [secure ? "h2" : "http/1.1"]);
}

async function sockets() {
  const evaluate = await tab("/chat");
  const echoed = await evaluate(async () => {
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws`);
    socket.binaryType = "arraybuffer";
    const next = (event) => new Promise((resolve, reject) => {
      socket.addEventListener(event, resolve, { once: true });
      socket.addEventListener("error", () => reject(new Error("the socket failed")), { once: true });
    });
    await next("open");
    const stats = await (await fetch("/stats")).json();
    const sizes = [];
    for (const message of ["", "Grüße, 世界", "x".repeat(70_000), new Uint8Array(300_000)]) {
      socket.send(message);
      const { data } = await next("message");
      if (typeof message === "string" && data !== message) throw new Error("it came back otherwise");
      sizes.push(data.length ?? data.byteLength);
    }
    socket.close(1000, "bye");
    const { code, wasClean } = await next("close");
    return { sizes, code, wasClean, streams: stats.connections.active_h2_streams, extensions: socket.extensions };
  });
  // Over TLS they are streams of the connection of the page (RFC 8441): the chat
  // and the echo of the page itself, ours, and the question for the statistics.
  assert.equal(echoed.streams, secure ? 4 : 0);
  assert.match(echoed.extensions, /^permessage-deflate/);
  delete echoed.streams;
  delete echoed.extensions;
  assert.deepEqual(echoed, { sizes: [0, 9, 70_000, 300_000], code: 1000, wasClean: true });
}

// Two tabs with the page that the server has for it hear each other.
async function chat() {
  const [first, second] = [await tab("/chat"), await tab("/chat")];
  const hears = (word) => new Promise((resolve) => {
    const look = () => {
      if (document.getElementById("chat-log").innerText.includes(word)) resolve(true);
      else setTimeout(look, 20);
    };
    look();
  });
  await second((wait) => new Promise((resolve) => {
    const look = () => (document.getElementById("chat-log").innerText.includes(wait) ? resolve() : setTimeout(look, 20));
    look();
  }), "is here");
  await first(() => {
    document.querySelector("#chat input").value = "can you hear me";
    document.getElementById("chat").requestSubmit();
  });
  assert.equal(await second(hears, "can you hear me"), true);
  assert.equal(await first(hears, "can you hear me"), true);
}

const alarm = setTimeout(() => {
  browser.kill("SIGKILL");
  assert.fail("it took too long");
}, 90_000);
try {
  await pages();
  await sockets();
  await chat();
} finally {
  clearTimeout(alarm);
  const gone = once(browser, "exit");
  browser.kill("SIGKILL");
  await gone;
}

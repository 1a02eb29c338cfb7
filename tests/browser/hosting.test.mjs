// The folder for static hosts: its list is true, its smaller copies unpack to the files, and browsers get them.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";

import { DIST, PAGE } from "./helper/setting.mjs";
import { releaseOf } from "./helper/static_host.mjs";

const RELEASE = releaseOf(DIST);
const read = (path) => readFileSync(join(DIST, path));

/** Asks the server, and unpacks nothing. */
function ask(path, headers) {
  return new Promise((resolve, reject) => {
    request(new URL(path, PAGE), { headers }, (reply) => {
      const pieces = [];
      reply.on("data", (piece) => pieces.push(piece));
      reply.on("end", () => resolve({ headers: reply.headers, bytes: Buffer.concat(pieces) }));
    })
      .on("error", reject)
      .end();
  });
}

test("the service worker's list names every file of the page with its length and checksum", () => {
  for (const { path, bytes, sha256 } of RELEASE.files) {
    const content = read(path);
    assert.equal(content.length, bytes, path);
    assert.equal(createHash("sha256").update(content).digest("hex"), sha256, path);
  }
  const listed = new Set([...RELEASE.files.map(({ path }) => path), "sw.js", "_headers", "HOSTING.md"]);
  const present = readdirSync(DIST, { recursive: true }).filter((path) => statSync(join(DIST, path)).isFile());
  assert.deepEqual(present.filter((path) => !listed.has(path.replace(/\.(br|gz)$/, ""))), []);
});

test("the smaller copies unpack to the files, and the engines have them", () => {
  const engines = RELEASE.files.filter(({ path }) => path.endsWith(".wasm"));
  for (const { path } of [...RELEASE.files, { path: "sw.js" }]) {
    for (const [ending, unpack] of [
      ["br", brotliDecompressSync],
      ["gz", gunzipSync],
    ]) {
      const copy = `${path}.${ending}`;
      if (existsSync(join(DIST, copy))) {
        assert.ok(unpack(read(copy)).equals(read(path)), copy);
      } else {
        assert.ok(!engines.some((engine) => engine.path === path), `${copy} is not there`);
      }
    }
  }
});

test("the server sends the smaller copy to browsers that accept it", async () => {
  const packed = await ask("genoderm-app_bg.wasm", { "accept-encoding": "gzip, deflate, br, zstd" });
  assert.equal(packed.headers["content-encoding"], "br");
  assert.equal(packed.headers["content-type"], "application/wasm");
  assert.ok(brotliDecompressSync(packed.bytes).equals(read("genoderm-app_bg.wasm")));
  const plain = await ask("genoderm-app_bg.wasm", {});
  assert.equal(plain.headers["content-encoding"], undefined);
  assert.ok(plain.bytes.equals(read("genoderm-app_bg.wasm")));
});

test("the headers for hosts are those of the server, and of the service worker", async () => {
  const { headers } = await ask("", {});
  const lines = read("_headers").toString().trimEnd().split("\n").slice(1);
  for (const line of lines) {
    const [, name, value] = /^ {2}([^:]+): (.*)$/.exec(line);
    assert.equal(headers[name.toLowerCase()], value, name);
  }
  for (const [name, value] of Object.entries(RELEASE.headers)) {
    assert.equal(headers[name.toLowerCase()], value, name);
  }
  assert.ok(lines.length > Object.keys(RELEASE.headers).length);
});

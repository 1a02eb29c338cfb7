// A static host of the tests' own: a copy of the finished page under some path, with the headers of its `_headers` file, which
// notes every request, can be stopped and started, and whose files can be changed.

import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";

import { DIST } from "./setting.mjs";

/** A path below which nothing but relative addresses works. */
export const SUB_PATH = "/some/path/";

const TYPES = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
};

/** Serves a copy of the page; `headers: false` is a host that sends none of ours. */
export async function startHost({ headers = true } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "genoderm-host-"));
  cpSync(DIST, folder, { recursive: true });
  const fields = headers ? headersOf(readFileSync(join(folder, "_headers"), "utf8")) : {};
  const requests = [];
  const strays = [];
  let held = null;
  let server = null;
  let port = 0;

  const answer = (incoming, reply) => {
    const path = new URL(incoming.url, "http://host").pathname;
    if (!path.startsWith(SUB_PATH)) {
      strays.push(path);
      reply.writeHead(404).end();
      return;
    }
    const asked = path.slice(SUB_PATH.length);
    requests.push({ method: incoming.method, path: asked });
    const file = join(folder, asked === "" ? "index.html" : normalize(asked));
    if (!file.startsWith(folder) || !statSync(file, { throwIfNoEntry: false })?.isFile()) {
      reply.writeHead(404).end();
      return;
    }
    const bytes = readFileSync(file);
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    reply.writeHead(200, { ...fields, "content-type": type, "content-length": bytes.length });
    if (held?.files.test(asked) && incoming.method === "GET") {
      reply.on("close", held.cut);
      reply.write(bytes.subarray(0, bytes.length / 2));
      return;
    }
    reply.end(incoming.method === "HEAD" ? undefined : bytes);
  };

  const host = {
    address: () => `http://127.0.0.1:${port}${SUB_PATH}`,
    /** The requests so far: `{ method, path }`, the path relative to the page. */
    requests,
    /** Addresses outside the page's path that were asked for; there must be none. */
    strays,
    start: async () => {
      server = createServer(answer);
      await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
      port = server.address().port;
    },
    /** From now on nobody answers at the address. */
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
    /** Publishes a new version in which these files have other bytes: `{ path: bytes }`. */
    publish: (files) => {
      const release = releaseOf(folder);
      for (const [path, bytes] of Object.entries(files)) {
        writeFileSync(join(folder, path), bytes);
        const entry = release.files.find((file) => file.path === path);
        entry.bytes = bytes.length;
        entry.sha256 = createHash("sha256").update(bytes).digest("hex");
      }
      release.version = "made up";
      const [, ...rest] = readFileSync(join(folder, "sw.js"), "utf8").split("\n");
      writeFileSync(join(folder, "sw.js"), [`const RELEASE = ${JSON.stringify(release)};`, ...rest].join("\n"));
    },
    /** Sends halves of such files from now on, and resolves when the browser gives up waiting for the rest of one. */
    hold: (files) =>
      new Promise((resolve) => {
        held = { files, cut: resolve };
      }),
    /** Sends everything whole again. */
    release: () => {
      held = null;
    },
    /** Gives a file other bytes than those that were published. */
    spoil: (path) => writeFileSync(join(folder, path), "of another version"),
    read: (path) => readFileSync(join(folder, path)),
    close: async () => {
      await host.stop();
      rmSync(folder, { recursive: true });
    },
  };
  await host.start();
  return host;
}

/** What the service worker of a folder lists. */
export function releaseOf(folder) {
  const [line] = readFileSync(join(folder, "sw.js"), "utf8").split("\n");
  return JSON.parse(line.replace(/^const RELEASE = /, "").replace(/;$/, ""));
}

/** The headers of the one rule that holds for all files. */
function headersOf(text) {
  const [rule, ...lines] = text.trimEnd().split("\n");
  if (rule !== "/*") {
    throw new Error(`another rule than for all files: ${rule}`);
  }
  return Object.fromEntries(lines.map((line) => line.trim().split(/: (.*)/).slice(0, 2)));
}

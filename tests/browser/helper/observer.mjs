// A proxy through which the browser must send everything, so that no request can be missed: those of workers,
// of the page, and of anything else that the page might start. Only the page's own origin is passed on, and it
// can be told to damage, to refuse, to hold or to replace some files on the way.

import { createServer, request as ask } from "node:http";
import { Transform, pipeline } from "node:stream";

/** Starts a proxy that passes `origin` on and notes every request. */
export async function startObserver(origin) {
  const seen = [];
  let fault = null;
  let replacements = new Map();
  const server = createServer((incoming, answer) => {
    const url = incoming.url;
    seen.push({ method: incoming.method, url });
    if (!url.startsWith(origin)) {
      answer.writeHead(502).end();
      return;
    }
    const replacement = replacements.get(new URL(url).pathname.split("/").pop());
    if (typeof replacement === "function") {
      change(url, replacement, answer);
      return;
    }
    if (replacement !== undefined) {
      answer.writeHead(200, { "content-length": replacement.length }).end(replacement);
      return;
    }
    const faulty = fault !== null && fault.files.test(url);
    if (faulty && fault.kind === "hold") {
      return; // Until the browser gives up.
    }
    if (faulty && fault.kind === "refuse") {
      answer.writeHead(503).end();
      return;
    }
    const outgoing = ask(url, { method: incoming.method, headers: incoming.headers }, (reply) => {
      answer.writeHead(reply.statusCode, reply.headers);
      // Ends the reply too when the browser cancels: it would wait forever, and the test's process with it.
      pipeline([reply, ...(faulty ? [damage()] : []), answer], () => {});
    });
    outgoing.on("error", () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()));
    incoming.pipe(outgoing);
  });
  // Encrypted connections and web sockets ask for a tunnel; the page has no use for any.
  server.on("connect", (incoming, socket) => {
    seen.push({ method: "CONNECT", url: incoming.url });
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    /** For the browser's `proxy` option. */
    address: `http://127.0.0.1:${server.address().port}`,
    /** How many requests there were so far. */
    count: () => seen.length,
    /** The requests after the first `count`. */
    since: (count) => seen.slice(count),
    /**
     * From now on files whose address matches are damaged (`"damage"`), refused (`"refuse"`) or never sent (`"hold"`);
     * `null` ends it. */
    spoil: (files, kind) => {
      fault = files === null ? null : { files, kind };
    },
    /** From now on files of these names have these bytes, or what a function makes of their text: `{ name: bytes }`. */
    replace: (files) => {
      replacements = new Map(Object.entries(files));
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Passes a file on with another text, and with its own headers. */
async function change(url, edit, answer) {
  const reply = await fetch(url);
  const headers = Object.fromEntries(reply.headers);
  delete headers["content-length"];
  delete headers["content-encoding"];
  answer.writeHead(reply.status, headers).end(edit(await reply.text()));
}

/** Turns over one bit in each piece that passes. */
function damage() {
  return new Transform({
    transform(piece, _, done) {
      const copy = Buffer.from(piece);
      copy[copy.length >> 1] ^= 1;
      done(null, copy);
    },
  });
}

// What crosses the network up to the first answer of a first visit, packed as hosts send it: page and engine, without
// weights and without the gallery's drawings, in MB (10^6 bytes).

import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

import { addressForPeople, newContext, startBrowser } from "./browser.mjs";
import { visit } from "./cold_start.mjs";

/** Weights are on both sides alike; a gallery has only ours. */
const LEFT_OUT = /\.(safetensors|onnx)$|\/samples\/.*\.(jpg|png)$/;
/** Without it the engine's own requests were missed. */
const ENGINE = /\.wasm$/;

export async function bytes(request, side, engine) {
  return {
    ready: side === "genoderm" ? "Genoderm's page" : "a page with onnxruntime-web",
    run: async () => [await once(request, side, engine)],
    close: async () => {},
  };
}

async function once(request, side, engine) {
  const session = await startBrowser();
  try {
    const context = await newContext(session);
    const paths = new Set();
    context.on("requestfinished", (request) => {
      const { protocol, pathname } = new URL(request.url());
      if (protocol === "http:" && !LEFT_OUT.test(pathname)) paths.add(decodeURIComponent(pathname));
    });
    const photo = join(request.data, `photo-${request.size}.png`);
    await visit(context, addressForPeople(side, engine, request), photo, side === "genoderm");
    if (![...paths].some((path) => ENGINE.test(path))) throw new Error("the engine's program was not seen");
    // The browser does not tell of all its workers' requests how long they were; the server's folder does.
    const site = join(request.data, "..");
    const sizes = [...paths].map((path) => sizeOf(join(site, path.endsWith("/") ? `${path}index.html` : path)));
    return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
  } finally {
    await session.close();
  }
}

/** Of the smaller copy, where there is one. */
function sizeOf(file) {
  const packed = `${file}.br`;
  return statSync(existsSync(packed) ? packed : file).size;
}

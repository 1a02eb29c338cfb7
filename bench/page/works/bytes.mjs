// What has crossed the network at the first answer of a first visit, packed as hosts send it: page and engine, without
// weights and without the gallery's drawings, in MB (10^6 bytes).

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
    const finished = [];
    // The sizes are gone when the page is closed.
    context.on("requestfinished", (request) => finished.push([request.url(), request.sizes().catch(() => null)]));
    await visit(context, addressForPeople(side, engine, request), join(request.data, `photo-${request.size}.png`));
    let sum = 0;
    let programs = 0;
    for (const [url, sizes] of finished) {
      const { pathname } = new URL(url);
      const bytes = (await sizes)?.responseBodySize ?? 0;
      if (!LEFT_OUT.test(pathname)) sum += bytes;
      if (ENGINE.test(pathname)) programs += bytes;
    }
    if (programs < 100_000) throw new Error("the engine's program was not seen");
    return sum / 1e6;
  } finally {
    await session.close();
  }
}

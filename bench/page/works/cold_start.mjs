// From the address to the first answer on the pages that people open: a fresh page and engine, files from the browser's
// cache, a photograph chosen as soon as the page takes one. In milliseconds.

import { join } from "node:path";

import { addressForPeople, newContext, startBrowser } from "./browser.mjs";

export async function coldStart(request, side, engine) {
  const session = await startBrowser();
  const context = await newContext(session);
  const photo = join(request.data, `photo-${request.size}.png`);
  const once = () => visit(context, addressForPeople(side, engine, request), photo);
  await once();
  return {
    ready: side === "genoderm" ? "Genoderm's page" : "a page with onnxruntime-web",
    run: async (times) => {
      const values = [];
      for (let done = 0; done < times; done += 1) {
        values.push(await once());
      }
      return values;
    },
    close: session.close,
  };
}

/** One visit; the time ends when the answer is on screen. */
export async function visit(context, url, photo) {
  const page = await context.newPage();
  const start = performance.now();
  await page.goto(url);
  const gate = page.getByTestId("gate-accept");
  const input = page.getByTestId("choose-file");
  await input.or(gate).first().waitFor({ state: "attached" });
  // The first visit only, which is the one that fills the cache.
  if (await gate.count()) await gate.click();
  const load = page.getByTestId("load-model");
  if (await load.count()) await load.click();
  await input.setInputFiles(photo);
  await page.getByTestId("result-list").waitFor({ state: "attached" });
  const time = performance.now() - start;
  await page.close();
  return time;
}

// From the address to the first answer on the pages that people open: a fresh page and engine, files from the browser's
// cache, a photograph chosen as soon as the page takes one. In milliseconds.

import { join } from "node:path";

import { addressForPeople, newContext, startBrowser } from "./browser.mjs";

export async function coldStart(request, side, engine) {
  const session = await startBrowser();
  const context = await newContext(session);
  const photo = join(request.data, `photo-${request.size}.png`);
  const once = (first) => visit(context, addressForPeople(side, engine, request), photo, first && side === "genoderm");
  await once(true);
  return {
    ready: side === "genoderm" ? "Genoderm's page" : "a page with onnxruntime-web",
    run: async (times) => {
      const values = [];
      for (let done = 0; done < times; done += 1) {
        values.push(await once(false));
      }
      return values;
    },
    close: session.close,
  };
}

/** One visit; the time ends when the answer is on screen. The first one of a profile passes our page's gate. */
export async function visit(context, url, photo, gate) {
  const page = await context.newPage();
  const start = performance.now();
  await page.goto(url);
  if (gate) await page.getByTestId("gate-accept").click();
  await attached(page, "choose-file");
  await page.getByTestId("choose-file").setInputFiles(photo);
  await attached(page, "result-list");
  const time = performance.now() - start;
  await page.close();
  return time;
}

/** Waits for an element frame by frame: a locator looks only every half second after a while. */
function attached(page, testId) {
  const there = (testId) => document.querySelector(`[data-testid=${testId}]`) !== null;
  return page.waitForFunction(there, testId, { polling: "raf" });
}

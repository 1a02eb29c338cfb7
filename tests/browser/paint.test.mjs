// What is seen first: the page's own words, before anything large is asked for.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { loadModel, openPage, startBrowser } from "./helper/browser.mjs";

const LOADS = 5;
/** Engines and weights. */
const LARGE = /\/(engine|bundle\/.*\.safetensors)/;

let session;

before(async () => {
  session = await startBrowser();
});
after(() => session?.close());

/** When the first words or pictures were painted, in milliseconds since the address was entered. */
const firstPaint = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        new PerformanceObserver((list) => {
          const paint = list.getEntriesByName("first-contentful-paint")[0];
          if (paint) {
            resolve(paint.startTime);
          }
        }).observe({ type: "paint", buffered: true });
      }),
  );

test("the page is painted before engine and model are fetched", async (t) => {
  const paints = [];
  for (let load = 0; load < LOADS; load += 1) {
    const before = session.observer.count();
    // A fresh profile each time: nothing is kept from the last.
    const { context, page, problems } = await openPage(session);
    const painted = await firstPaint(page);
    paints.push(painted);
    // How large the engine is, is asked without fetching it.
    const large = session.observer.since(before).filter(({ method, url }) => method === "GET" && LARGE.test(url));
    assert.deepEqual(large, [], "fetched before the reader asked");

    if (load === 0) {
      await loadModel(page, "cpu", { whole: false });
      const started = await page.evaluate(() => performance.getEntriesByName(new URL("engine.js", document.baseURI).href)[0]?.startTime);
      assert.ok(started > painted, `engine at ${started} ms, first paint at ${painted} ms`);
    }
    assert.deepEqual(problems, []);
    await context.close();
  }
  const [median] = paints.toSorted((one, other) => one - other).slice(LOADS >> 1);
  const all = paints.map((paint) => paint.toFixed(0)).join(", ");
  t.diagnostic(`first contentful paint: median ${median.toFixed(0)} ms of ${all}`);
});

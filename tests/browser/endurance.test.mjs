// The page through a long session: it never keeps the reader waiting for a key, and its memory does not grow.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { loadModel, openReadyPage, startBrowser } from "./helper/browser.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { chooseFile, closePhotograph, readAnswer } from "./helper/photograph.mjs";
import { fewFoldsFiles } from "./helper/sets.mjs";
import { SAMPLES, sampleBytes } from "./helper/setting.mjs";

/** A task that keeps the page from answering for longer is one too many, in milliseconds. */
const LONGEST_TASK = 100;
/** A busy machine stretches one or two by chance; one that is the page's own doing comes with every photograph or map. */
const BY_CHANCE = 2;
const CLASSIFICATIONS = 200;
const EXPLANATIONS = 20;
/** After so many of the first the page has all that it needs, */
const SETTLED = 10;
/** and grows by less than this share of it. */
const GROWTH = 0.05;

let session;
let page;
let problems;

before(async () => {
  session = await startBrowser();
  session.observer.replace({ ...fewFoldsFiles(2), "engine.js": (text) => WATCH + text });
  ({ page, problems } = await openReadyPage(session));
  await page.getByTestId("worker-select").selectOption("2");
  await loadModel(page, "cpu");
  await page.evaluate(() => {
    globalThis.tasks = [];
    const note = (list) => globalThis.tasks.push(...list.getEntries().map(({ duration }) => duration));
    new PerformanceObserver(note).observe({ type: "longtask" });
  });
});
after(() => session?.close());

/** Has every worker of the engine tell the memories of its wasm programs when asked, which no browser tells otherwise. */
const WATCH = `
  const memories = new Set();
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const made = await original(...given);
      const { memory } = (made.instance ?? made).exports;
      if (memory) memories.add(memory);
      return made;
    };
  }
  const channel = new BroadcastChannel("memories");
  channel.addEventListener("message", ({ data }) => {
    if (data === "tell") {
      channel.postMessage([...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0));
    }
  });
`;
/** The page's own worker, and two that share the work. */
const WORKERS = 3;

/** Bytes of the page and its engine: their JavaScript and elements after a collection of garbage, and the engine's wasm. */
async function memory() {
  const ofPage = await page.evaluate(async () => (await performance.measureUserAgentSpecificMemory()).bytes);
  const sizes = await page.evaluate(
    (count) =>
      new Promise((resolve) => {
        const channel = new BroadcastChannel("memories");
        const sizes = [];
        channel.addEventListener("message", ({ data }) => {
          if (sizes.push(data) === count) {
            channel.close();
            resolve(sizes);
          }
        });
        channel.postMessage("tell");
      }),
    WORKERS,
  );
  const wasm = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(wasm > 1 << 20, "the engine's memory is not seen: this test sees nothing");
  return ofPage + wasm;
}

async function classify(number) {
  await chooseFile(page, sampleBytes(number % SAMPLES.length), "a.jpg");
  return readAnswer(page);
}

test("200 classifications and 20 maps in a row: memory stays flat, and no task keeps the page for longer than 0.1 s", async (t) => {
  await classify(0);
  await setFewestSteps(page);
  await closePhotograph(page);
  let settled;
  const every = CLASSIFICATIONS / EXPLANATIONS;
  for (let done = 0; done < CLASSIFICATIONS; done += 1) {
    const { ranking } = await classify(done);
    if (done % every === 0) {
      await explain(page, ranking[0]);
    }
    await closePhotograph(page);
    if (done + 1 === SETTLED) {
      settled = await memory();
    }
  }
  const end = await memory();
  const tasks = await page.evaluate(() => globalThis.tasks);
  const growth = end / settled - 1;
  const longest = Math.max(0, ...tasks);
  t.diagnostic(`${settled} bytes after ${SETTLED}, ${end} at the end (${(100 * growth).toFixed(1)}%); longest task ${longest} ms`);
  assert.ok(growth < GROWTH, `memory grew by ${(100 * growth).toFixed(1)}%`);
  const long = tasks.filter((duration) => duration > LONGEST_TASK);
  assert.ok(long.length <= BY_CHANCE, `tasks that kept the page, in milliseconds: ${long}`);
  assert.deepEqual(problems, []);
});

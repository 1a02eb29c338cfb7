// Several workers share the work: as many as the reader allows, with one worker's answers, and one alone where one breaks.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { loadModel, openPage, openReadyPage, startBrowser } from "./helper/browser.mjs";
import { explain, overlayStrength, setFewestSteps, setMostSteps } from "./helper/explanation.mjs";
import { chooseFile, closePhotograph, readAnswer, readError } from "./helper/photograph.mjs";
import { QUICK, sampleBytes } from "./helper/setting.mjs";

let session;

before(async () => {
  session = await startBrowser();
});
after(() => session?.close());

const hint = (page) => page.getByTestId("workers-hint").textContent();

/** Limits the workers, and waits until the engine runs with so many: with all networks, unless a photograph is open. */
async function limit(page, value, expected, { whole } = {}) {
  await page.getByTestId("worker-select").selectOption(value);
  await loadModel(page, "cpu", { whole });
  assert.match(await hint(page), expected);
}

/** The answer to a sample and the map of its first label. */
async function ask(page) {
  await chooseFile(page, sampleBytes(0), "a.jpg");
  const answer = await readAnswer(page);
  await setFewestSteps(page);
  await explain(page, answer.ranking[0]);
  const map = await page.getByTestId("explanation").evaluate((shown) => ({
    steps: shown.dataset.steps,
    folds: shown.dataset.folds,
    gap: Number(shown.querySelector("[data-testid=completeness-gap]").dataset.gap),
    logit: Number(shown.querySelector("[data-testid=completeness-gap]").dataset.logit),
  }));
  const strength = await overlayStrength(page);
  await closePhotograph(page);
  return { answer, map, strength };
}

test("several workers answer as one does, and the limit is remembered", async (t) => {
  const { context, page, problems } = await openReadyPage(session);
  t.after(() => context.close());
  await limit(page, "2", /2 workers/);
  const shared = await ask(page);
  await limit(page, "1", /One worker computes alone/);
  const alone = await ask(page);
  assert.deepEqual(shared.answer.ranking, alone.answer.ranking);
  for (const [label, probability] of Object.entries(shared.answer.probabilities)) {
    assert.ok(Math.abs(probability - alone.answer.probabilities[label]) < 1e-6, label);
  }
  const { gap, logit, ...settings } = shared.map;
  const { gap: gapAlone, logit: logitAlone, ...settingsAlone } = alone.map;
  assert.deepEqual(settings, settingsAlone);
  assert.ok(Math.abs(gap - gapAlone) < 1e-4 && Math.abs(logit - logitAlone) < 1e-5);
  // A few pixels may round to the next colour.
  assert.ok(Math.abs(shared.strength.sum / alone.strength.sum - 1) < 0.01);

  await page.reload();
  await page.getByTestId("engine-status").waitFor();
  assert.equal(await page.getByTestId("worker-select").inputValue(), "1");
  await loadModel(page, "cpu");
  assert.match(await hint(page), /alone/);
  // Back to what suits the device.
  await page.getByTestId("worker-select").selectOption("");
  await loadModel(page, "cpu");
  assert.equal(await page.evaluate(() => localStorage.getItem("genoderm.workers")), null);
  assert.deepEqual(problems, []);
});

test("a change of the limit keeps an open photograph, and answers it again", async (t) => {
  const { context, page } = await openReadyPage(session);
  t.after(() => context.close());
  await limit(page, "1", /alone/);
  await chooseFile(page, sampleBytes(1), "a.jpg");
  const before = await readAnswer(page);
  await limit(page, "2", /2 workers/, { whole: false });
  const after = await readAnswer(page);
  assert.deepEqual(after.ranking, before.ranking);
});

test("several workers stop at once when a map is cancelled", async (t) => {
  const { context, page } = await openReadyPage(session);
  t.after(() => context.close());
  await limit(page, "2", /2 workers/);
  await chooseFile(page, sampleBytes(0), "a.jpg");
  const { ranking } = await readAnswer(page);
  await setMostSteps(page);
  await page.getByTestId(`explain-${ranking[0]}`).click();
  await page.waitForFunction(() => document.querySelector("[data-testid=explain-progress]")?.value > 0);
  await page.getByTestId("cancel-explain").click();
  await setFewestSteps(page);
  await explain(page, ranking[1]);
});

/** Has a worker of the pool break at its first gradient, as when its memory runs out. */
const BREAKING = `
  if (self.name.endsWith("member")) {
    addEventListener("message", ({ data }) => {
      if (typeof data[0] === "string" && data[0].includes('"attribute"')) {
        setTimeout(() => { throw new Error("no memory"); });
      }
    });
  }
`;

test("where a worker breaks one goes on alone, says so, and keeps the photograph", async (t) => {
  session.observer.replace({ "engine.js": (text) => BREAKING + text });
  t.after(() => session.observer.replace({}));
  const { context, page } = await openReadyPage(session);
  t.after(() => context.close());
  await limit(page, "2", /2 workers/);
  await chooseFile(page, sampleBytes(0), "a.jpg");
  const before = await readAnswer(page);
  await setFewestSteps(page);
  await page.getByTestId(`explain-${before.ranking[0]}`).click();
  assert.match(await readError(page), /One works alone now\. Your photograph is kept/);
  await loadModel(page, "cpu", { whole: false });
  assert.match(await hint(page), /One works alone, since one of several stopped/);
  // What is read may be the first network's answer still.
  const after = await readAnswer(page);
  assert.equal(after.ranking[0], before.ranking[0]);
  await explain(page, after.ranking[0]);
  // The reader may try again with several.
  session.observer.replace({});
  await limit(page, "2", /2 workers/, { whole: false });
});

test("the graphics card is one worker, and has no menu for several", { skip: QUICK }, async (t) => {
  const { context, page } = await openPage(session, { engine: "webgpu" });
  t.after(() => context.close());
  await page.waitForFunction(() => document.querySelector("[data-testid=engine-status]").dataset.state !== "probing");
  assert.equal(await page.getByTestId("worker-select").count(), 0);
});

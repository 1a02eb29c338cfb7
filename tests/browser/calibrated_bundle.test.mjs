// A calibrated bundle: the page shows the prediction set and the guard's verdict that the command line tells.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { calibratedFiles, withBundleOf } from "./helper/calibration.mjs";
import { TOLERANCE, assertSameAnswer, predict } from "./helper/command_line.mjs";
import { chooseFile, readAnswer } from "./helper/photograph.mjs";
import { oneSetFiles } from "./helper/sets.mjs";
import { sampleBytes } from "./helper/setting.mjs";

let session;

before(async () => {
  session = await startBrowser();
});
after(() => session?.close());
afterEach(() => session?.observer.replace({}));

const predictWith = (files) => withBundleOf(files, (model) => predict(sampleBytes(2), { model }));

async function answerOf(files) {
  session.observer.replace(files);
  const { context, page, problems } = await openReadyPage(session);
  await chooseFile(page, sampleBytes(2), "sample.jpg");
  await page.getByTestId("result-list").waitFor({ state: "attached", timeout: 120_000 });
  const first = await page.locator("[data-testid=answer] > h3 + *").getAttribute("data-testid");
  const folded = !(await page.getByTestId("result-list").isVisible());
  const answer = await readAnswer(page);
  const set = page.getByTestId("prediction-set");
  const note = page.getByTestId("guard-note");
  const read = async (locator, name) => ((await locator.count()) === 0 ? null : locator.getAttribute(name));
  const shown = {
    answer,
    first,
    folded,
    coverage: await read(set, "data-coverage"),
    labels: (await read(set, "data-labels"))?.split(" "),
    sentence: (await set.allTextContents()).join(),
    score: await read(note, "data-score"),
  };
  await context.close();
  assert.deepEqual(problems, []);
  return shown;
}

test("a guard refuses with the command line's score, and no list promises anything then", async () => {
  const files = calibratedFiles(0);
  const predicted = predictWith(files);
  assert.equal(predicted.guard.accepted, false);
  const shown = await answerOf(files);
  assertSameAnswer(shown.answer, predicted);
  assert.equal(shown.coverage, null);
  assert.equal(shown.first, "guard-note", "the refusal is not the answer's first line");
  assert.ok(shown.folded, "the ranking is as prominent as an answer");
  const distance = Math.abs(Number(shown.score) - predicted.guard.score);
  assert.ok(distance <= TOLERANCE * Math.abs(predicted.guard.score), `${shown.score}, ${predicted.guard.score}`);
});

test("the prediction set is that of the command line, and an accepting guard says nothing", async () => {
  const files = calibratedFiles(-1e12);
  const predicted = predictWith(files);
  assert.equal(predicted.guard.accepted, true);
  const shown = await answerOf(files);
  assert.equal(shown.score, null);
  assert.ok(!shown.folded, "the ranking is folded away");
  assert.equal(Number(shown.coverage), 0.8);
  assert.deepEqual(shown.labels, predicted.prediction_set.labels);
  assert.match(shown.sentence, /80%/);

  // Had the temperature been left out, the probabilities would be those of the bundle as it is.
  const uncalibrated = predictWith(oneSetFiles()).probabilities;
  const changes = Object.entries(shown.answer.probabilities).map(([label, p]) => Math.abs(p - uncalibrated[label]));
  assert.ok(Math.max(...changes) > 10 * TOLERANCE, "the temperature changed nothing");
});

test("a damaged guard is found before anything is classified", async () => {
  const files = calibratedFiles(0);
  const [name] = Object.keys(files).filter((name) => name.endsWith(".safetensors"));
  files[name] = Buffer.from(files[name]);
  files[name][files[name].length - 1] ^= 1;
  session.observer.replace(files);
  await assert.rejects(openReadyPage(session), /not ready/);
});

// A calibrated bundle: the page shows the prediction set and the guard's verdict that the command line tells.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { calibratedFiles, withBundleOf } from "./helper/calibration.mjs";
import { TOLERANCE, assertSameAnswer, predict } from "./helper/command_line.mjs";
import { chooseFile, readAnswer } from "./helper/photograph.mjs";
import { sampleBytes } from "./helper/setting.mjs";

let session;

before(async () => {
  session = await startBrowser();
});
after(() => session?.close());
afterEach(() => session?.observer.replace({}));

async function answerOf(files) {
  session.observer.replace(files);
  const { context, page, problems } = await openReadyPage(session);
  await chooseFile(page, sampleBytes(2), "sample.jpg");
  const answer = await readAnswer(page);
  const set = page.getByTestId("prediction-set");
  const note = page.getByTestId("guard-note");
  const shown = {
    answer,
    coverage: Number(await set.getAttribute("data-coverage")),
    labels: (await set.getAttribute("data-labels")).split(" "),
    sentence: await set.textContent(),
    score: (await note.count()) === 0 ? null : Number(await note.getAttribute("data-score")),
  };
  await context.close();
  assert.deepEqual(problems, []);
  return shown;
}

test("the prediction set and a refusing guard are those of the command line", async () => {
  const files = calibratedFiles(0);
  const predicted = withBundleOf(files, (folder) => predict(sampleBytes(2), "sample.jpg", folder));
  assert.equal(predicted.guard.accepted, false);
  const shown = await answerOf(files);
  assertSameAnswer(shown.answer, predicted);
  assert.equal(shown.coverage, 0.8);
  assert.deepEqual(shown.labels, predicted.prediction_set.labels);
  assert.match(shown.sentence, /80%/);
  const distance = Math.abs(shown.score - predicted.guard.score);
  assert.ok(distance <= TOLERANCE * Math.abs(predicted.guard.score), `${shown.score}, ${predicted.guard.score}`);

  // Had the temperature been left out, the probabilities would be those of the bundle as it is.
  const uncalibrated = predict(sampleBytes(2)).probabilities;
  const changes = Object.entries(shown.answer.probabilities).map(([label, p]) => Math.abs(p - uncalibrated[label]));
  assert.ok(Math.max(...changes) > 10 * TOLERANCE, "the temperature changed nothing");
});

test("an accepting guard says nothing", async () => {
  const shown = await answerOf(calibratedFiles(-1e12));
  assert.equal(shown.score, null);
});

test("a damaged guard is found before anything is classified", async () => {
  const files = calibratedFiles(0);
  const [name] = Object.keys(files).filter((name) => name.endsWith(".safetensors"));
  files[name] = Buffer.from(files[name]);
  files[name][files[name].length - 1] ^= 1;
  session.observer.replace(files);
  await assert.rejects(openReadyPage(session), /not ready/);
});

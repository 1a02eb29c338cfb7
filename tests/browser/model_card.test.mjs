// The model card: figures with intervals, calibration, skin tones, what is taken for what, and mistakes to look at.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openPage, startBrowser } from "./helper/browser.mjs";
import { calibratedFiles } from "./helper/calibration.mjs";
import { focusOn } from "./helper/focus.mjs";
import { readAnswer } from "./helper/photograph.mjs";
import { listed, sampleFiles } from "./helper/samples.mjs";
import { MANIFEST, PAGE } from "./helper/setting.mjs";

const [{ name: SET }] = MANIFEST.sets;
const FIGURES = MANIFEST.evaluation[SET];
const percent = (share) => `${(share * 100).toFixed(1)}%`;

let session;
let page;
let problems;
let files;

before(async () => {
  session = await startBrowser();
  files = { ...calibratedFiles(0), ...sampleFiles() };
  session.observer.replace(files);
  ({ page, problems } = await openPage(session));
});
after(() => session?.close());

const figure = (name) => page.locator(`[data-set=${SET}] [data-testid=figure-${name}]`).textContent();

test("it opens by keyboard before the model is downloaded, and takes the focus", async () => {
  assert.ok(!(await page.getByTestId("model-card").isVisible()));
  await page.getByTestId("open-card").focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("model-card").waitFor();
  await focusOn(page, "#model-card");
  assert.equal(await page.getByTestId("open-card").getAttribute("aria-expanded"), "true");
  const shards = session.observer.since(0).filter(({ url }) => url.endsWith(".safetensors"));
  assert.deepEqual(shards, [], "the model was downloaded for its card");
});

test("it says what the model was trained on, and that it says nothing about patients", async () => {
  const text = await page.getByTestId("model-card").textContent();
  for (const words of [MANIFEST.notice, MANIFEST.provenance.data, MANIFEST.licence]) {
    assert.ok(text.includes(words), words);
  }
  assert.match(text, /nothing about real patients/);
});

test("it has the measured figures with their intervals", async () => {
  const { accuracy, accuracy_interval: interval, top_3, calibration_error, pictures } = FIGURES.ensemble;
  const told = await figure("accuracy");
  for (const words of [percent(accuracy), ...interval.map(percent), `${pictures} pictures`]) {
    assert.ok(told.includes(words), `${words} in ${told}`);
  }
  assert.ok((await figure("top-3")).includes(percent(top_3)));
  assert.ok((await figure("ece")).includes(calibration_error.toFixed(3)));
});

test("it has the calibration: temperature, stated coverage, guard", async () => {
  assert.match(await figure("temperature"), /1\.70/);
  assert.match(await figure("coverage"), /80%/);
  assert.match(await figure("guard"), /mahalanobis/);
  assert.match(await figure("guard"), /95%/);
});

test("every label, every skin tone and every cell of the confusion matrix is there", async () => {
  const set = page.locator(`[data-testid=card-set][data-set=${SET}]`);
  const labels = await set.getByTestId("label-figures").evaluateAll((rows) => rows.map((row) => row.dataset.label));
  assert.deepEqual(labels, FIGURES.labels);
  const tones = await set.getByTestId("tone-figures").allTextContents();
  assert.equal(tones.length, FIGURES.skin_tones.length);
  for (const [place, { accuracy }] of FIGURES.skin_tones.entries()) {
    assert.ok(tones[place].includes(percent(accuracy)), tones[place]);
  }
  const cells = await set
    .getByTestId("confusion")
    .evaluate((table) => [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell) => cell.textContent)));
  assert.deepEqual(cells, FIGURES.ensemble.confusion.map((row) => row.map(String)));
});

test("it closes and hands the focus back", async () => {
  await page.getByTestId("close-card").click();
  await focusOn(page, "#open-card");
  assert.ok(!(await page.getByTestId("model-card").isVisible()));
});

test("a mistake is shown with its picture and opens as a sample", async () => {
  await page.getByTestId("open-card").click();
  const [{ label }] = listed(files).failures;
  const mistake = page.getByTestId("failure-0");
  assert.match(await mistake.getAttribute("aria-label"), /81\.0%/);
  await page.waitForFunction((image) => image.naturalWidth > 0, await mistake.locator("img").elementHandle());
  await mistake.click();
  await readAnswer(page);
  assert.ok(!(await page.getByTestId("model-card").isVisible()), "the card hides the photograph");
  assert.equal(await page.getByTestId("truth").getAttribute("data-truth"), label);
});

test("a bundle without figures has a card too", async () => {
  const bare = { ...MANIFEST, evaluation: null, provenance: undefined, licence: undefined };
  session.observer.replace({ "manifest.json": Buffer.from(JSON.stringify(bare)) });
  await page.goto(`${PAGE}?engine=cpu`);
  await page.getByTestId("open-card").click();
  assert.match(await page.getByTestId("model-card").textContent(), /Nothing was measured/);
});

test("nothing went wrong unseen", () => {
  assert.deepEqual(problems, []);
});

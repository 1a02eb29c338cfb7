// A bundle with two sets of networks: the reader says which kind of photograph it is, and only that set is asked.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openPage, openReadyPage, startBrowser } from "./helper/browser.mjs";
import { withBundleOf } from "./helper/calibration.mjs";
import { TOLERANCE, assertSameAnswer, predict } from "./helper/command_line.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { focusOn } from "./helper/focus.mjs";
import { chooseFile, closePhotograph, readAnswer } from "./helper/photograph.mjs";
import { sampleFiles } from "./helper/samples.mjs";
import { oneSetFiles, twoSetFiles } from "./helper/sets.mjs";
import { MANIFEST, sampleBytes } from "./helper/setting.mjs";

let session;
let page;
let problems;
let expected;

before(async () => {
  session = await startBrowser();
  const files = twoSetFiles();
  session.observer.replace({ ...files, ...sampleFiles() });
  ({ page, problems } = await openReadyPage(session));
  const answers = (model) => ["focused", "panoramic"].map((set) => [set, predict(sampleBytes(0), { model, set })]);
  expected = Object.fromEntries(withBundleOf(files, answers));
});
after(() => session?.close());

/** Waits for the answer of a set and compares it with the command line's. */
async function assertAnswerOf(set) {
  await page.locator(`[data-testid=result-list][data-set=${set}]`).waitFor({ state: "attached", timeout: 120_000 });
  assertSameAnswer(await readAnswer(page), expected[set]);
  assert.equal(await page.getByTestId("fold-row").count(), 1, "networks of the other set answered too");
}

test("close-ups are expected first, and only their networks are asked", async () => {
  assert.ok(await page.getByTestId("kind-focused").isChecked());
  await chooseFile(page, sampleBytes(0), "photograph.jpg");
  await assertAnswerOf("focused");
});

test("saying that it is a whole photograph asks the other networks, by keyboard, and keeps the place", async () => {
  await page.getByTestId("kind-focused").focus();
  await page.keyboard.press("ArrowUp");
  await assertAnswerOf("panoramic");
  assert.ok(await page.getByTestId("kind-panoramic").isChecked());
  await focusOn(page, "[data-testid=kind-panoramic]");
});

test("an explanation is that of the set that answered", async () => {
  const { ranking } = await readAnswer(page);
  await setFewestSteps(page);
  await explain(page, ranking[0]);
  const logit = Number(await page.getByTestId("completeness-gap").getAttribute("data-logit"));
  const place = MANIFEST.labels.findIndex(({ key }) => key === ranking[0]);
  const wanted = expected.panoramic.folds[0].logits[place];
  assert.ok(Math.abs(logit - wanted) <= 10 * TOLERANCE * Math.max(1, Math.abs(wanted)), `${logit}, ${wanted}`);
});

test("the old map goes with the old answer", async () => {
  await page.getByTestId("kind-focused").check();
  await assertAnswerOf("focused");
  assert.equal(await page.getByTestId("explanation").count(), 0);
  await closePhotograph(page);
});

test("a sample brings its own kind, and the reader's choice stands again after it", async () => {
  await page.getByTestId("sample-1").click();
  await page.locator("[data-testid=result-list][data-set=panoramic]").waitFor({ state: "attached" });
  assert.ok(await page.getByTestId("kind-panoramic").isChecked());
  await closePhotograph(page);
  assert.ok(await page.getByTestId("kind-focused").isChecked());
});

test("with one set there is nothing to choose", async () => {
  session.observer.replace(oneSetFiles());
  const { context, page: other } = await openPage(session);
  await other.getByTestId("model-size").and(other.locator("[data-bytes]")).waitFor();
  assert.equal(await other.getByTestId("kind").count(), 0);
  await context.close();
});

test("nothing went wrong unseen", () => {
  assert.deepEqual(problems, []);
});

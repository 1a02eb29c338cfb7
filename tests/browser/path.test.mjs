// The path of Integrated Gradients: walked by keyboard and by itself, it ends in the map of the same settings, adds up to what
// its sentence says, can be stopped, goes with its photograph, and asks the network for nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { explain } from "./helper/explanation.mjs";
import { focusOn } from "./helper/focus.mjs";
import { SCREENSHOTS, assertAccessible, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { chooseFile, readAnswer, readError } from "./helper/photograph.mjs";
import { SAMPLES, sampleBytes } from "./helper/setting.mjs";
import { englishNumbers, leftBehind, wordsOf } from "./helper/words.mjs";

/** Both a number of the path's points and of the map's steps. */
const POINTS = 10;
/** How far a score of the path may be from the map's, which another request computed. */
const SCORES = 1e-3;

let session;
let page;
let problems;
let label;
let quiet;

before(async () => {
  session = await startBrowser();
  ({ page, problems } = await openReadyPage(session));
  await page.waitForLoadState("networkidle");
  await page.getByTestId(`sample-${SAMPLES.findIndex(({ mask }) => mask)}`).click();
  ({
    ranking: [label],
  } = await readAnswer(page));
  await page.waitForLoadState("networkidle");
  quiet = session.observer.count();
});
after(() => session?.close());

const path = () => page.getByTestId("path");
const slider = () => page.getByTestId("path-slider");

/** Walks the path with so many points, and waits for it. */
async function walk(points) {
  await page.getByTestId("path-points").selectOption(String(points));
  await page.getByTestId("walk-path").click();
  await page.locator(`[data-testid=path][data-points="${points}"]`).waitFor({ timeout: 600_000 });
}

/** Waits until the photograph of this name has taken the last one's place, whose answer is gone then. */
const opened = (name) => page.locator(".file-name", { hasText: name }).waitFor();

/** The numbers of the present step: `{ step, position, added, sum, missing, logit }`. */
async function numbers() {
  const data = await page.getByTestId("path-words").evaluate(({ dataset }) => ({ ...dataset }));
  delete data.testid;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, Number(value)]));
}

/** The RGBA values of a canvas, and its size. */
async function pixels(id) {
  return page.getByTestId(id).evaluate((canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return { width, height, data: [...data] };
  });
}

/** Fails unless the present sum is drawn as the map over the photograph is. */
async function assertSumIsMap() {
  const sum = await pixels("path-sum");
  const map = await pixels("overlay-canvas");
  assert.deepEqual([sum.width, sum.height], [map.width, map.height]);
  let worst = 0;
  let drawn = 0;
  for (let index = 0; index < map.data.length; index += 4) {
    worst = Math.max(worst, Math.abs(map.data[index + 3] - sum.data[index + 3]));
    drawn += map.data[index + 3] > 0 ? 1 : 0;
    // Where little is drawn the canvas rounds its colours.
    if (map.data[index + 3] > 128) {
      for (const channel of [0, 1, 2]) {
        const difference = Math.abs(map.data[index + channel] - sum.data[index + channel]);
        assert.ok(difference <= 4, `pixel ${index / 4} has another colour: ${difference}`);
      }
    }
  }
  assert.ok(drawn > map.data.length / 400, "hardly anything is drawn");
  assert.ok(worst <= 2, `the strengths differ by ${worst} of 255`);
}

test("the path of the first label begins near the comparison picture", async () => {
  await walk(POINTS);
  assert.equal(await path().getAttribute("data-label"), label);
  assert.equal(await slider().getAttribute("max"), String(POINTS));
  const { step, position, added, sum } = await numbers();
  assert.equal(step, 1);
  assert.ok(position > 0 && position < 0.1, `it begins at ${position}`);
  assert.equal(added, sum);
  assert.match(await page.getByTestId("announcement").textContent(), new RegExp(`${POINTS} steps`));
});

test("arrow keys go from step to step, and each adds what it says", async () => {
  await slider().focus();
  let before = await numbers();
  let picture = await pixels("path-picture");
  for (let step = 2; step <= POINTS; step += 1) {
    await page.keyboard.press("ArrowRight");
    const now = await numbers();
    assert.equal(now.step, step);
    assert.ok(now.position > before.position);
    assert.ok(Math.abs(now.sum - before.sum - now.added) < 1e-6, "the step does not add what it says");
    const spoken = await slider().getAttribute("aria-valuetext");
    assert.equal(spoken, `Step ${step} of ${POINTS}, ${Math.round(now.position * 100)}% of the way`);
    const next = await pixels("path-picture");
    assert.notDeepEqual(next.data, picture.data, "the picture stays the same");
    [before, picture] = [now, next];
  }
  await page.keyboard.press("ArrowRight");
  assert.equal((await numbers()).step, POINTS, "it goes on after the end");
  await page.keyboard.press("Home");
  assert.equal((await numbers()).step, 1);
  await page.keyboard.press("End");

  // What is missing at the end is the completeness gap.
  const { missing } = await numbers();
  const gap = Number(await path().getAttribute("data-gap"));
  assert.ok(Math.abs(Math.abs(missing) - gap) < SCORES, `${missing} is missing, and the gap is ${gap}`);
});

test("the last sum is the map of the same steps and network, with the same scores at the ends", async () => {
  const fold = await path().getAttribute("data-fold");
  await page.getByTestId("explain-settings").evaluate((details) => (details.open = true));
  await page.getByTestId("steps").selectOption(String(POINTS));
  await page.getByTestId("only-network").selectOption(fold);
  await explain(page, label);
  await assertSumIsMap();
  await page.getByTestId("colours").selectOption("orange-blue");
  await assertSumIsMap();
  await page.getByTestId("positive-only").check();
  await assertSumIsMap();
  await page.getByTestId("positive-only").uncheck();
  await page.getByTestId("colours").selectOption("green-purple");

  const map = await page.getByTestId("completeness-gap").evaluate(({ dataset }) => ({ ...dataset }));
  const walked = await path().evaluate(({ dataset }) => ({ ...dataset }));
  assert.ok(Math.abs(Number(map.logit) - Number(walked.logit)) < SCORES, `${map.logit} and ${walked.logit}`);
  assert.ok(Math.abs(Number(map.gap) - Number(walked.gap)) < SCORES, `${map.gap} and ${walked.gap}`);
  const { sum, missing } = await numbers();
  const change = Number(walked.logit) - Number(walked.baselineLogit);
  assert.ok(Math.abs(sum + missing - change) < 1e-6, "sum and rest are not the whole change");
});

test("the sum's share in the drawn lesion is measured, and ends as the map's", async () => {
  const share = (id) => page.getByTestId(id).getAttribute("data-evidence").then(Number);
  const last = await share("path-lesion-share");
  assert.ok(Math.abs(last - (await share("lesion-share"))) < 0.005);
  await slider().focus();
  await page.keyboard.press("Home");
  assert.notEqual(await share("path-lesion-share"), last);
  await page.getByTestId("show-lesion").check();
  assert.equal(await page.getByTestId("path-lesion").count(), 3);
  await page.getByTestId("draw-region").check();
  assert.ok((await share("path-region-share")) > 0);
  await page.getByTestId("draw-region").uncheck();
});

test("buttons go back and on, and the walk goes on by itself until it is stopped or at its end", async () => {
  await page.getByTestId("path-on").click();
  assert.equal((await numbers()).step, 2);
  await page.getByTestId("path-back").click();
  assert.equal((await numbers()).step, 1);
  // It says that it can do nothing there, and keeps the focus.
  await page.keyboard.press("Enter");
  assert.equal((await numbers()).step, 1);

  const play = page.getByTestId("path-play");
  await play.click();
  await page.locator("[data-testid=path-words][data-step='3']").waitFor();
  await play.click();
  assert.equal(await play.textContent(), "Play");
  await slider().fill(String(POINTS - 1));
  await play.click();
  await page.locator(`[data-testid=path-words][data-step='${POINTS}']`).waitFor();
  await page.getByRole("button", { name: "Play" }).waitFor();
  assert.match(await page.getByTestId("announcement").textContent(), /completeness gap/);
});

for (const width of [1280, 390, 320]) {
  test(`${width} px: the path fits, and axe finds nothing`, async () => {
    await page.setViewportSize({ width, height: 900 });
    await slider().fill("5");
    await assertNoSidewaysScroll(page, "with a path");
    await assertAccessible(page, "with a path");
    await page.locator("#path").screenshot({ path: `${SCREENSHOTS}${width}-path.png` });
    await page.emulateMedia({ colorScheme: "dark" });
    await assertAccessible(page, "with a path in the dark");
    await page.locator("#path").screenshot({ path: `${SCREENSHOTS}${width}-path-dark.png` });
    await page.emulateMedia({ colorScheme: "light" });
  });
}

test("in German the path stays at its step, and no English is left", async () => {
  await page.setViewportSize({ width: 1280, height: 900 });
  const before = await numbers();
  const english = await wordsOf(page);
  await page.getByTestId("language").selectOption("de");
  assert.deepEqual(await numbers(), before);
  const german = await wordsOf(page);
  assert.deepEqual(leftBehind(english, german), []);
  assert.deepEqual(englishNumbers(german), []);
  await page.locator("#path").screenshot({ path: `${SCREENSHOTS}1280-path-german.png` });
  await page.getByTestId("language").selectOption("en");
});

test("whoever wants no motion walks alone", async () => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.getByTestId("close-path").click();
  await path().waitFor({ state: "detached" });
  await focusOn(page, "#path");
  await walk(5);
  assert.equal(await page.getByTestId("path-on").count(), 1);
  assert.equal(await page.getByTestId("path-play").count(), 0);
  await page.emulateMedia({ reducedMotion: "no-preference" });
});

test("a method without a path offers none", async () => {
  await page.getByTestId("close-path").click();
  await page.getByTestId("explain-settings").evaluate((details) => (details.open = true));
  await page.getByTestId("method").selectOption("3");
  assert.equal(await page.getByTestId("walk-path").count(), 0);
  await page.getByTestId("method").selectOption("0");
  await page.getByTestId("walk-path").waitFor();
});

test("a walk can be cancelled, and another one done", async () => {
  await page.getByTestId("path-points").selectOption("50");
  await page.getByTestId("walk-path").click();
  await page.getByTestId("cancel-path").click();
  await page.getByTestId("path-progress").waitFor({ state: "detached" });
  assert.equal(await path().count(), 0);
  await focusOn(page, "#path");

  // The button that has the focus goes when the path is there.
  await page.getByTestId("walk-path").click();
  await page.getByTestId("cancel-path").focus();
  await path().waitFor({ timeout: 600_000 });
  await focusOn(page, "#path");
  assert.equal(session.observer.since(quiet).length, 0, JSON.stringify(session.observer.since(quiet)));
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
});

test("another photograph closes the path, done or under way", async () => {
  await chooseFile(page, sampleBytes(0), "other.jpg");
  await path().waitFor({ state: "detached" });
  await opened("other.jpg");
  await readAnswer(page);
  await page.getByTestId("path-points").selectOption("50");
  await page.getByTestId("walk-path").click();
  await page.getByTestId("path-progress").waitFor();
  await chooseFile(page, sampleBytes(0), "third.jpg");
  await page.getByTestId("path-progress").waitFor({ state: "detached" });
  await opened("third.jpg");
  const { ranking } = await readAnswer(page);
  await walk(5);
  assert.equal(await path().getAttribute("data-label"), ranking[0]);
  assert.equal(await page.getByTestId("error-message").count(), 0);
  assert.deepEqual(problems, []);
});

test("an engine that stops takes the path with it, done or under way", async () => {
  const status = page.getByTestId("engine-status");
  const stop = () => page.workers()[0].evaluate(() => setTimeout(() => {
    throw new Error("stopped by the test");
  }));
  await stop();
  await path().waitFor({ state: "detached" });
  // Of several workers one goes on alone by itself; there is nobody to go on after that one.
  assert.match(await readError(page), /One works alone now/);
  await answered();
  await page.getByTestId("path-points").selectOption("50");
  await page.getByTestId("walk-path").click();
  await page.getByTestId("path-progress").waitFor();
  await stop();
  await page.getByTestId("path-progress").waitFor({ state: "detached" });
  await readError(page);
  assert.equal(await status.getAttribute("data-state"), "failed");
  await page.getByTestId("load-model").click();
  await answered();
  await walk(5);
});

/** Waits until the model is there again, and the photograph is answered. */
async function answered() {
  await page.locator("[data-testid=engine-status][data-state=ready]").waitFor({ timeout: 300_000 });
  await readAnswer(page);
}

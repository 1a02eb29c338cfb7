// Both sets of networks about one photograph: the whole of it and a region, side by side.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { withBundleOf } from "./helper/calibration.mjs";
import { assertSameAnswer, predict } from "./helper/command_line.mjs";
import { answerOf, applyCrop, openCrop } from "./helper/crop.mjs";
import { setFewestSteps } from "./helper/explanation.mjs";
import { SCREENSHOTS, assertAccessible, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { chooseFile, readAnswer } from "./helper/photograph.mjs";
import { twoSetFiles } from "./helper/sets.mjs";
import { sampleBytes } from "./helper/setting.mjs";

const SETS = ["focused", "panoramic"];
const files = twoSetFiles();
let session;
let page;
let problems;
let quiet;

before(async () => {
  session = await startBrowser();
  session.observer.replace(files);
  ({ page, problems } = await openReadyPage(session, { reducedMotion: "reduce" }));
  await chooseFile(page, sampleBytes(0), "photograph.jpg");
  await readAnswer(page);
  await page.waitForTimeout(500);
  quiet = session.observer.count();
});
after(() => session?.close());

/** The command line's answers: the region is for close-ups. */
function expected(region) {
  const answers = (model) =>
    SETS.map((set) => [set, predict(sampleBytes(0), { model, set, region: set === "focused" ? region : undefined })]);
  return Object.fromEntries(withBundleOf(files, answers));
}

/** Where an element lies on the photograph: left, top, width and height in pixels. */
async function onPhoto(testId) {
  return page.evaluate((testId) => {
    const [photo, element] = ["photo", testId].map((id) =>
      document.querySelector(`[data-testid=${id}]`).getBoundingClientRect(),
    );
    return [element.left - photo.left, element.top - photo.top, element.width, element.height];
  }, testId);
}

async function assertBothAnswers(region) {
  const wanted = expected(region);
  for (const set of SETS) {
    assertSameAnswer(await readAnswer(answerOf(page, set)), wanted[set]);
  }
}

test("both sets answer side by side, each for itself", async () => {
  await page.getByTestId("kind-both").check();
  await answerOf(page, "panoramic").waitFor({ timeout: 60_000 });
  await assertBothAnswers(undefined);
  const [one, other] = await page.getByTestId("answer").evaluateAll((answers) =>
    answers.map((answer) => answer.getBoundingClientRect().toJSON()),
  );
  assert.equal(one.top, other.top);
  assert.ok(other.left >= one.right, "the answers are not side by side");
  for (const set of SETS) {
    assert.equal(await answerOf(page, set).getByTestId("fold-row").count(), 1);
  }
  const names = await page
    .getByTestId("answer")
    .getByRole("button")
    .evaluateAll((buttons) => buttons.map((button) => button.getAttribute("aria-label")));
  assert.equal(new Set(names).size, names.length, "two buttons have the same name");
});

test("a region is for close-ups only", async () => {
  await openCrop(page);
  await page.getByTestId("crop-width").fill("0.5");
  await page.getByTestId("crop-height").fill("0.5");
  const region = await applyCrop(page);
  await assertBothAnswers(region);
  assert.equal(await answerOf(page, "panoramic").getAttribute("data-region"), null);
  assert.match(await answerOf(page, "panoramic").getByTestId("answered-for").textContent(), /whole photograph/);
  assert.match(await answerOf(page, "focused").getByTestId("answered-for").textContent(), /50% wide/);
});

test("each is explained where it looked", async () => {
  await setFewestSteps(page);
  const places = { panoramic: await onPhoto("photo"), focused: await onPhoto("region-outline") };
  for (const [set, place] of Object.entries(places)) {
    const { ranking } = await readAnswer(answerOf(page, set));
    await answerOf(page, set).getByTestId(`explain-${ranking[0]}`).click();
    await page.locator(`[data-testid=explanation][data-set=${set}]`).waitFor({ timeout: 120_000 });
    const map = await onPhoto("overlay-canvas");
    map.forEach((side, number) => assert.ok(Math.abs(side - place[number]) < 2, `${set}: ${map}, not ${place}`));
  }
  await assertNoSidewaysScroll(page, "with both answers");
  await assertAccessible(page, "with both answers");
  await page.screenshot({ path: `${SCREENSHOTS}1280-both.png`, fullPage: true });
});

test("the report tells both answers", async () => {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("save-report").click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) {
    chunks.push(chunk);
  }
  const report = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const told = [report.answer, ...report.furtherAnswers];
  assert.deepEqual(told.map(({ set }) => set), ["panoramic", "focused"]);
  assert.equal(told[0].region, null);
  assert.ok(Math.abs(told[1].region.width - 0.5) < 1e-6);
  assert.equal(report.explanation.settings.set, "focused");
  const paper = await page.getByTestId("report").textContent();
  for (const words of ["Close-up of the finding", "Whole photograph", "50% wide"]) {
    assert.ok(paper.includes(words), words);
  }
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => globalThis.dispatchEvent(new Event("beforeprint")));
  await page.screenshot({ path: `${SCREENSHOTS}1280-both-print.png`, fullPage: true });
  await page.emulateMedia({ media: null });
});

test("only the whole photograph's networks have no use for a region", async () => {
  await page.getByTestId("kind-panoramic").check();
  await page.locator("[data-testid=result-list][data-set=panoramic]").waitFor({ state: "attached" });
  assert.equal(await page.getByTestId("open-crop").count(), 0);
  assert.equal(await page.getByTestId("region-outline").count(), 0);
  await page.getByTestId("kind-both").check();
  await page.locator("[data-testid=answer][data-region]").waitFor({ state: "attached", timeout: 60_000 });
});

test("nothing of all this made a request", async () => {
  await page.waitForTimeout(500);
  assert.deepEqual(session.observer.since(quiet), []);
  assert.deepEqual(problems, []);
});

for (const width of [390, 320]) {
  test(`${width} px: one answer below the other`, async () => {
    await page.setViewportSize({ width, height: 844 });
    const [one, other] = await page.getByTestId("answer").evaluateAll((answers) =>
      answers.map((answer) => answer.getBoundingClientRect().toJSON()),
    );
    assert.ok(other.top >= one.bottom, "the answers overlap");
    await assertNoSidewaysScroll(page, "with both answers");
    await assertAccessible(page, "with both answers");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-both.png`, fullPage: true });
  });
}

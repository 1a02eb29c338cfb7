// A region of the photograph: chosen by mouse, by touch and by keyboard alone, answered as by the command line, explained where
// it lies, and never a reason for a request.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { withBundleOf } from "./helper/calibration.mjs";
import { assertSameAnswer, predict } from "./helper/command_line.mjs";
import { answerOf, answeredRegion, applyCrop, draft, dragBy, fingers, openCrop } from "./helper/crop.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { focusOn } from "./helper/focus.mjs";
import { SCREENSHOTS, assertAccessible, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { chooseFile, readAnswer } from "./helper/photograph.mjs";
import { twoSetFiles } from "./helper/sets.mjs";
import { sampleBytes } from "./helper/setting.mjs";

const files = twoSetFiles();
let session;
let opened;

/** Opens a photograph on a page of its own and waits for the first answer. */
async function openPhotograph(options) {
  // Smooth scrolling would move what a pointer aims at.
  const opened = await openReadyPage(session, { reducedMotion: "reduce", ...options });
  await chooseFile(opened.page, sampleBytes(0), "photograph.jpg");
  await readAnswer(opened.page);
  // What the gallery still had to fetch is on its way.
  await opened.page.waitForTimeout(500);
  return { ...opened, quiet: session.observer.count() };
}

/** Compares the close-up's answer with the command line's for this region. */
async function assertAnsweredFor(page, region) {
  const predicted = withBundleOf(files, (model) => predict(sampleBytes(0), { model, set: "focused", region }));
  const answer = await readAnswer(answerOf(page, "focused"));
  assertSameAnswer(answer, predicted);
  return answer;
}

const near = (found, wanted, within, what) =>
  assert.ok(Math.abs(found - wanted) <= within, `${what}: ${found}, not ${wanted}`);

before(async () => {
  session = await startBrowser();
  session.observer.replace(files);
  opened = await openPhotograph();
});
after(() => session?.close());

test("the editor opens on the whole photograph, and says what it is", async () => {
  const { page } = opened;
  await openCrop(page);
  assert.deepEqual(await draft(page), [0, 0, 1, 1, 0]);
  assert.match(await page.getByTestId("crop-frame").getAttribute("aria-label"), /100% wide/);
  for (const name of ["across", "down", "width", "height", "turn", "zoom"]) {
    const slider = page.getByTestId(`crop-${name}`);
    assert.match(await slider.getAttribute("aria-valuetext"), /\d/, name);
    for (const end of ["less", "more"]) {
      const { width, height } = await page.getByTestId(`crop-${name}-${end}`).boundingBox();
      assert.ok(width >= 24 && height >= 24, `${name}: ${width} x ${height}`);
    }
  }
  for (let handle = 0; handle < 8; handle += 1) {
    const { width, height } = await page.getByTestId(`crop-handle-${handle}`).boundingBox();
    assert.ok(width >= 24 && height >= 24, `handle ${handle}: ${width} x ${height}`);
  }
  await assertAccessible(page, "with the editor");
  await assertNoSidewaysScroll(page, "with the editor");
});

test("a mouse drags corners, edges and the rectangle, and the answer is the command line's", async () => {
  const { page } = opened;
  const stage = await page.getByTestId("crop-stage").boundingBox();
  await dragBy(page, "crop-handle-0", 0.3 * stage.width, 0.25 * stage.height);
  let [x, y, width, height] = await draft(page);
  near(x, 0.3, 0.01, "left");
  near(y, 0.25, 0.01, "top");
  near(x + width, 1, 1e-6, "right");
  await dragBy(page, "crop-handle-5", 5, -0.25 * stage.height);
  [x, y, width, height] = await draft(page);
  near(y + height, 0.75, 0.01, "bottom");
  near(x + width, 1, 1e-6, "right, by the lower edge");
  await dragBy(page, "crop-frame", -0.1 * stage.width, 0.4 * stage.height);
  [x, y, width, height] = await draft(page);
  near(x, 0.2, 0.01, "left, moved");
  near(y + height, 1, 1e-6, "bottom, moved against the edge");
  await page.screenshot({ path: `${SCREENSHOTS}1280-crop.png`, fullPage: true });
  const region = await applyCrop(page);
  await assertAnsweredFor(page, region);
  assert.match(await page.getByTestId("answered-for").textContent(), /chosen region/);
});

test("a turned region is answered as by the command line too", async () => {
  const { page } = opened;
  await openCrop(page);
  await page.getByTestId("crop-right").click();
  await page.getByTestId("crop-turn").fill("-20");
  await page.getByTestId("crop-width-less").click();
  const degrees = (await draft(page))[4];
  assert.equal(degrees, 70);
  const region = await applyCrop(page);
  await assertAnsweredFor(page, region);
});

test("the map lies over the region, turned as it is", async () => {
  const { page } = opened;
  await setFewestSteps(page);
  const { ranking } = await readAnswer(answerOf(page, "focused"));
  await explain(page, ranking[0]);
  const centre = (box) => [box.x + box.width / 2, box.y + box.height / 2];
  const [map, outline, photo] = await Promise.all(
    ["overlay-canvas", "region-outline", "photo"].map((id) => page.getByTestId(id).boundingBox()),
  );
  centre(map).forEach((place, axis) => near(place, centre(outline)[axis], 1.5, "centre"));
  near(map.width, outline.width, 3, "width");
  assert.ok(map.width < 0.99 * photo.width || map.height < 0.99 * photo.height, "the map covers everything");
  const transform = await page.getByTestId("overlay-canvas").evaluate((canvas) => canvas.style.transform);
  assert.match(transform, /rotate\(70/);
  await page.screenshot({ path: `${SCREENSHOTS}1280-crop-map.png`, fullPage: true });
});

test("the report tells the region, on paper too", async () => {
  const { page } = opened;
  const region = (await page.getByTestId("answer").getAttribute("data-region")).split(",").map(Number);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("save-report").click()]);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) {
    chunks.push(chunk);
  }
  const report = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const { x, y, width, height, degrees } = report.answer.region;
  [x, y, width, height, degrees].forEach((number, place) => near(number, region[place], 1e-12, "region"));
  assert.deepEqual(report.furtherAnswers, []);
  assert.match(await page.getByTestId("report").textContent(), /chosen region/);
});

test("the whole photograph comes back, and the region goes with the photograph", async () => {
  const { page } = opened;
  await page.getByTestId("drop-region").click();
  await page.locator("[data-testid=answer]:not([data-region])").waitFor({ state: "attached", timeout: 60_000 });
  await assertAnsweredFor(page, undefined);
  assert.equal(await page.getByTestId("overlay-canvas").count(), 0, "the old map stayed");
  await focusOn(page, "[data-testid=open-crop]");
});

test("by keyboard alone: move, resize, zoom, turn, cancel and use", async () => {
  const { page } = opened;
  await page.keyboard.press("Enter");
  await focusOn(page, "[data-testid=crop-frame]");
  const press = async (key, times = 1) => {
    for (let time = 0; time < times; time += 1) {
      await page.keyboard.press(key);
    }
  };
  await press("Shift+ArrowLeft", 40);
  await press("Shift+ArrowUp", 30);
  let [x, y, width, height] = await draft(page);
  near(width, 0.6, 1e-6, "width");
  near(height, 0.7, 1e-6, "height");
  const before = x;
  await press("ArrowRight", 5);
  await press("ArrowUp", 5);
  [x, y] = await draft(page);
  near(x, before + 0.05, 1e-6, "moved to the right");
  await press("+", 2);
  assert.ok(Number(await page.getByTestId("crop-zoom").inputValue()) > 1.4);
  await press("-", 2);
  await press("]", 4);
  await press("[");
  assert.equal((await draft(page))[4], 3);
  assert.match(await page.getByTestId("announcement").textContent(), /turned by 3°/);

  await press("Escape");
  await focusOn(page, "[data-testid=open-crop]");
  assert.equal(await page.getByTestId("crop-frame").count(), 0);
  assert.equal(await page.getByTestId("answer").getAttribute("data-region"), null, "cancelling changed the answer");

  await press("Enter");
  await focusOn(page, "[data-testid=crop-frame]");
  assert.deepEqual(await draft(page), [0, 0, 1, 1, 0], "what was cancelled came back");
  await press("Shift+ArrowLeft", 50);
  const wanted = await page.getByTestId("crop-frame").getAttribute("data-region");
  await press("Enter");
  await answeredRegion(page, wanted);
  await assertAnsweredFor(page, wanted);
  await focusOn(page, "[data-testid=open-crop]");
});

test("the wheel enlarges the view about the pointer, and the page does not scroll", async () => {
  const { page } = opened;
  await openCrop(page);
  const { x, y, width, height } = await page.getByTestId("crop-stage").boundingBox();
  const before = await page.evaluate(() => globalThis.scrollY);
  await page.mouse.move(x + width / 4, y + height / 4);
  await page.mouse.wheel(0, -400);
  await page.waitForFunction(() => Number(document.querySelector("[data-testid=crop-zoom]").value) > 1.5);
  assert.equal(await page.evaluate(() => globalThis.scrollY), before);
  await page.mouse.dblclick(x + width / 2, y + height / 2);
  assert.deepEqual(await draft(page), [0, 0, 1, 1, 0]);
  assert.equal(Number(await page.getByTestId("crop-zoom").inputValue()), 1);
  await page.getByTestId("crop-cancel").click();
});

test("nothing of all this made a request", async () => {
  const { page, quiet, problems, context } = opened;
  await page.waitForTimeout(500);
  assert.deepEqual(session.observer.since(quiet), []);
  assert.deepEqual(problems, []);
  await context.close();
});

for (const [width, locale] of [
  [390, "en-US"],
  [320, "de-DE"],
]) {
  test(`${width} px: fingers drag, pinch and tap twice, and the page stays where it is`, async () => {
    const { context, page, problems } = await openPhotograph({
      viewport: { width, height: 844 },
      locale,
      hasTouch: true,
    });
    await openCrop(page);
    const scrolled = await page.evaluate(() => globalThis.scrollY);
    const touch = await fingers(page);
    const stage = await page.getByTestId("crop-stage").boundingBox();
    const at = (across, down) => [stage.x + across * stage.width, stage.y + down * stage.height];

    await touch.down(at(0.02, 0.02));
    await touch.move(at(0.2, 0.15));
    await touch.move(at(0.32, 0.27));
    await touch.up();
    const [x, y] = await draft(page);
    near(x, 0.3, 0.02, "left");
    near(y, 0.25, 0.02, "top");
    await touch.down(at(0.7, 0.6));
    await touch.move(at(0.6, 0.5));
    await touch.move(at(0.5, 0.4));
    await touch.up();
    near((await draft(page))[0], 0.1, 0.02, "left, moved");

    const rectangle = await draft(page);
    await touch.down(at(0.4, 0.5), at(0.6, 0.5));
    await touch.move(at(0.3, 0.5), at(0.7, 0.5));
    await touch.move(at(0.2, 0.5), at(0.8, 0.5));
    await touch.up();
    assert.ok(Number(await page.getByTestId("crop-zoom").inputValue()) > 2);
    assert.deepEqual(await draft(page), rectangle, "pinching changed the rectangle");
    assert.equal(await page.evaluate(() => globalThis.scrollY), scrolled, "the page scrolled under the finger");
    await assertNoSidewaysScroll(page, "with the editor");
    await assertAccessible(page, "with the editor");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-crop.png`, fullPage: true });

    await page.touchscreen.tap(...at(0.5, 0.5));
    await page.touchscreen.tap(...at(0.5, 0.5));
    assert.deepEqual(await draft(page), [0, 0, 1, 1, 0]);
    await page.getByTestId("crop-width").fill("0.5");
    const region = await applyCrop(page);
    await assertAnsweredFor(page, region);
    await assertNoSidewaysScroll(page, "with a region");
    assert.deepEqual(problems, []);
    await context.close();
  });
}

// Two maps side by side: of two labels, two methods and two photographs, with one view for both; while one is held its
// photograph counts as open, and nothing is requested.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { canvasOf, comparedMap, inkOf, seenView, stageOf } from "./helper/compare.mjs";
import { fingers } from "./helper/crop.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { focusOn } from "./helper/focus.mjs";
import { blackPng } from "./helper/images.mjs";
import { SCREENSHOTS, assertAccessible, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { waitForOffline } from "./helper/offline.mjs";
import { OWN_NAME, ownFiles, withFolder } from "./helper/own_bundle.mjs";
import { chooseFile, closePhotograph, readAnswer, readError } from "./helper/photograph.mjs";
import { manySampleFiles } from "./helper/samples.mjs";
import { MANIFEST, SAMPLES, sampleBytes } from "./helper/setting.mjs";
import { englishNumbers, leftBehind, wordsOf } from "./helper/words.mjs";

/** Two drawings of the same kind that show different conditions. */
const FIRST = 0;
const SECOND = SAMPLES.findIndex(({ set, label }) => set === SAMPLES[FIRST].set && label !== SAMPLES[FIRST].label);
const GRAD_CAM = "2";
/** How long a model may take to load, in milliseconds. */
const LOAD = 120_000;

let session;
let opened;
let page;
let ranking;
let probabilities;
let quiet;

before(async () => {
  session = await startBrowser();
  opened = await openReadyPage(session, { reducedMotion: "reduce" });
  ({ page } = opened);
  // The gallery's pictures are there before, so that whatever is asked for later is no picture of it.
  for (const [place] of SAMPLES.entries()) {
    const image = page.getByTestId(`sample-${place}`).locator("img");
    await image.scrollIntoViewIfNeeded();
    await page.waitForFunction((image) => image.naturalWidth > 0, await image.elementHandle());
  }
  await page.getByTestId(`sample-${FIRST}`).click();
  ({ ranking, probabilities } = await readAnswer(page));
  await setFewestSteps(page);
  await explain(page, ranking[0]);
});
after(() => session?.close());

const near = (found, wanted, within, what) =>
  assert.ok(Math.abs(found - wanted) <= within, `${what}: ${found}, not ${wanted}`);

/** Both pictures show this part, as told and as painted. */
async function assertBothShow(wanted, within = 1e-6) {
  for (const side of ["held", "shown"]) {
    const { measured, told } = await seenView(page, side);
    wanted.forEach((number, place) => {
      near(told[place], number, within, `${side}, told ${place}`);
      near(measured[place], told[place], 0.005, `${side}, painted ${place}`);
    });
  }
}

const agreement = async () => {
  const text = await page.getByTestId("agreement").getAttribute("data-agreement");
  return text === "" ? null : Number(text);
};

test("a map is held where it is, and the page says what comes next", async () => {
  quiet = session.observer.count();
  const button = page.getByTestId("hold-map");
  assert.equal(await button.getAttribute("data-held"), "none");
  await button.focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("compare").waitFor();
  assert.equal(await button.getAttribute("data-held"), "this");
  await focusOn(page, "[data-testid=hold-map]");
  assert.match(await page.getByTestId("announcement").textContent(), /is held/);
  assert.equal(await page.getByTestId("compare-shown").count(), 0, "a map is compared with itself");
  assert.equal(await page.getByTestId("compare-missing").count(), 1);
  assert.equal(await page.getByTestId("agreement").count(), 0);
  await page.getByTestId("see-comparison").click();
  await focusOn(page, "#compare");
  await assertAccessible(page, "with a held map");
});

test("two labels of one photograph stand side by side, each with its own answer and pixels", async () => {
  const before = await inkOf(canvasOf(page, "held"));
  await explain(page, ranking[1]);
  await page.getByTestId("compare-shown").waitFor();
  const [held, shown] = [await comparedMap(page, "held"), await comparedMap(page, "shown")];
  assert.deepEqual(
    [held.label, held.probability, shown.label, shown.probability],
    [ranking[0], probabilities[ranking[0]], ranking[1], probabilities[ranking[1]]],
  );
  assert.equal(await inkOf(canvasOf(page, "held")), before, "the held map changed");
  const overlay = await inkOf(page.getByTestId("overlay-canvas"));
  assert.equal(await inkOf(canvasOf(page, "shown")), overlay);
  assert.notEqual(before, overlay);
  // The table has a column for each.
  const facts = page.getByTestId("compare-facts").locator("tbody tr");
  assert.deepEqual(
    (await facts.filter({ hasText: "%" }).locator("td").allTextContents()).map(Number.parseFloat),
    [held, shown].map(({ probability }) => Number((100 * probability).toFixed(1))),
  );
  const value = await agreement();
  assert.ok(value >= -1 && value < 1, `two labels agree to ${value}`);
  assert.match(await page.getByTestId("agreement").textContent(), new RegExp(Math.abs(value).toFixed(2).replace(".", "\\.")));
  assert.equal(await page.getByTestId("compare").locator(".legend").count(), 2);
});

test("colours, opacity and sign are those of the page's controls, in both", async () => {
  const inks = () => Promise.all(["held", "shown"].map((side) => inkOf(canvasOf(page, side))));
  const before = await inks();
  await page.getByTestId("colours").selectOption("orange-blue");
  await page.getByTestId("positive-only").check();
  const after = await inks();
  after.forEach((ink, side) => assert.notEqual(ink, before[side]));
  await page.getByTestId("opacity").fill("40");
  for (const side of ["held", "shown"]) {
    assert.equal(await canvasOf(page, side).evaluate((canvas) => getComputedStyle(canvas).opacity), "0.4");
    const legend = page.getByTestId(`compare-${side}`).locator(".legend");
    assert.equal(await legend.getAttribute("data-palette"), "orange-blue");
    assert.equal(await legend.locator("li").count(), 1);
  }
  await page.getByTestId("colours").selectOption("green-purple");
  await page.getByTestId("positive-only").uncheck();
  assert.deepEqual(await inks(), before);
});

test("keys on one picture move both", async () => {
  await stageOf(page, "held").focus();
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  const zoom = 1.25 ** 2;
  const edge = 0.5 - 0.5 / zoom;
  await assertBothShow([zoom, edge, edge]);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowUp");
  await assertBothShow([zoom, edge + 0.1 / zoom, edge - 0.1 / zoom]);
  assert.match(await page.getByTestId("announcement").textContent(), /156%/);
  await stageOf(page, "shown").focus();
  await page.keyboard.press("0");
  await assertBothShow([1, 0, 0]);
});

test("so do the wheel, about the pointer, dragging, two clicks and the buttons", async () => {
  await stageOf(page, "shown").scrollIntoViewIfNeeded();
  const { x, y, width, height } = await stageOf(page, "shown").boundingBox();
  const scrolled = await page.evaluate(() => globalThis.scrollY);
  await page.mouse.move(x + width / 4, y + height / 2);
  await page.mouse.wheel(0, -400);
  await page.waitForFunction(() => Number(document.querySelector("[data-testid=compare-stage]").dataset.view.split(",")[0]) > 2);
  const zoom = Math.exp(0.8);
  // What is under the pointer stays there. Pointers are at whole pixels.
  await assertBothShow([zoom, 0.25 - 0.25 / zoom, 0.5 - 0.5 / zoom], 0.005);
  assert.equal(await page.evaluate(() => globalThis.scrollY), scrolled, "the page scrolled too");

  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 - width / 8, y + height / 2, { steps: 3 });
  await page.mouse.move(x + width / 2 - width / 4, y + height / 2, { steps: 3 });
  await page.mouse.up();
  await assertBothShow([zoom, 0.25, 0.5 - 0.5 / zoom], 0.005);

  await page.mouse.dblclick(x + width / 2, y + height / 2);
  await assertBothShow([1, 0, 0]);
  // With nothing to shrink the wheel is the page's.
  const above = await page.evaluate(() => globalThis.scrollY);
  const room = await page.evaluate(() => document.documentElement.scrollHeight - globalThis.innerHeight - globalThis.scrollY);
  assert.ok(room > 50, "nowhere to scroll to");
  await page.mouse.wheel(0, 120);
  await page.waitForFunction((above) => globalThis.scrollY > above, above);
  await assertBothShow([1, 0, 0]);

  await page.getByTestId("compare-in").click();
  await assertBothShow([1.25, 0.1, 0.1]);
  await page.getByTestId("compare-out").click();
  await assertBothShow([1, 0, 0]);
  await page.getByTestId("compare-in").click();
  await page.getByTestId("compare-all").click();
  await assertBothShow([1, 0, 0]);
});

test("two methods for one label", async () => {
  await page.getByTestId("method").selectOption(GRAD_CAM);
  await explain(page, ranking[0]);
  await page.locator("[data-testid=compare-shown][data-method=gradcam]").waitFor();
  const [held, shown] = [await comparedMap(page, "held"), await comparedMap(page, "shown")];
  assert.equal(held.method, "integratedgradients");
  assert.equal(held.label, shown.label);
  assert.equal(held.probability, shown.probability);
  assert.notEqual(await agreement(), null);
  await page.screenshot({ path: `${SCREENSHOTS}1280-compare.png`, fullPage: true });
});

test("the maps change sides on the page, and so in the order of reading", async () => {
  const order = () => page.locator("article[data-testid^=compare-]").evaluateAll((maps) => maps.map(({ dataset }) => dataset.testid));
  const before = await agreement();
  assert.deepEqual(await order(), ["compare-held", "compare-shown"]);
  await page.getByTestId("swap-sides").click();
  assert.deepEqual(await order(), ["compare-shown", "compare-held"]);
  assert.equal(await agreement(), before);
  await page.getByTestId("swap-sides").click();
  assert.deepEqual(await order(), ["compare-held", "compare-shown"]);
});

test("no English is left in the German comparison, and nothing is lost by the change", async () => {
  const [english, inks, value] = [await wordsOf(page), await inkOf(canvasOf(page, "held")), await agreement()];
  await page.getByTestId("language").selectOption("de");
  const german = await wordsOf(page);
  const panel = await page.getByTestId("compare").textContent();
  assert.deepEqual(leftBehind(english, german).filter((words) => panel.includes(words)), []);
  assert.deepEqual(englishNumbers(german).filter((words) => panel.includes(words)), []);
  assert.equal(await inkOf(canvasOf(page, "held")), inks);
  assert.equal(await agreement(), value);
  await page.getByTestId("language").selectOption("en");
});

test("two photographs: the second sample comes without a request, and no number is given", async () => {
  const ink = await inkOf(canvasOf(page, "held"));
  await page.getByTestId(`sample-${SECOND}`).click();
  await page.locator(`[data-testid=sample-${SECOND}][aria-current=true]`).waitFor();
  const second = await readAnswer(page);
  assert.equal(await inkOf(canvasOf(page, "held")), ink, "the held map went with its photograph");
  assert.equal(await page.getByTestId("compare-missing").count(), 1);
  await explain(page, second.ranking[0]);
  await page.getByTestId("compare-shown").waitFor();
  assert.equal(await agreement(), null);
  assert.match(await page.getByTestId("agreement").textContent(), /two photographs/);
  for (const side of ["held", "shown"]) {
    const image = await page.getByTestId(`compare-${side}`).locator("img").elementHandle();
    await page.waitForFunction((image) => image.naturalWidth > 0, image);
  }
  assert.equal((await comparedMap(page, "held")).label, ranking[0]);
});

test("a photograph of another shape moves in the same fractions", async () => {
  await chooseFile(page, blackPng(300, 120), "wide.png");
  await page.locator(".photo .file-name", { hasText: "wide.png" }).waitFor();
  const { ranking } = await readAnswer(page);
  await explain(page, ranking[0]);
  await page.getByTestId("compare-shown").waitFor();
  const box = await stageOf(page, "shown").boundingBox();
  near(box.width / box.height, 2.5, 0.05, "the stage's shape");
  await stageOf(page, "shown").focus();
  for (const key of ["+", "+", "+", "ArrowLeft", "ArrowDown"]) {
    await page.keyboard.press(key);
  }
  const zoom = 1.25 ** 3;
  const edge = 0.5 - 0.5 / zoom;
  await assertBothShow([zoom, edge - 0.1 / zoom, edge + 0.1 / zoom]);
  await page.keyboard.press("0");
});

for (const width of [1280, 600, 390, 320]) {
  test(`${width} px: both maps fit, and axe finds nothing`, async () => {
    await page.setViewportSize({ width, height: 900 });
    const [held, shown] = await Promise.all(["held", "shown"].map((side) => page.getByTestId(`compare-${side}`).boundingBox()));
    if (width > 700) {
      assert.ok(shown.x > held.x + held.width - 1, "they are not side by side");
    } else {
      assert.ok(shown.y > held.y + held.height - 1, "they are not one below the other");
    }
    await assertNoSidewaysScroll(page, "with a comparison");
    await assertAccessible(page, "with a comparison");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-compare-photographs.png`, fullPage: true });
  });
}

test("the held photograph stays when the open one is closed, counts as open, and nothing was requested", async () => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await closePhotograph(page);
  assert.equal((await comparedMap(page, "held")).label, ranking[0]);
  await page.waitForTimeout(1_000);
  assert.deepEqual(session.observer.since(quiet), []);
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
});

test("letting go forgets it", async () => {
  const address = await page.getByTestId("compare-held").locator("img").getAttribute("src");
  assert.match(address, /^blob:/);
  await page.getByTestId("let-go").focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("compare").waitFor({ state: "detached" });
  await focusOn(page, "#chooser");
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "");
  const gone = await page.evaluate(
    (address) =>
      new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve(false);
        image.onerror = () => resolve(true);
        image.src = address;
      }),
    address,
  );
  assert.ok(gone, "the photograph is still in memory");
  assert.deepEqual(opened.problems, []);
  await opened.context.close();
});

test("networks that were not there wait until the held map is let go", async () => {
  session.observer.spoil(/(focused-[1-9]|panoramic-\d)\.safetensors/, "hold");
  const { context, page, problems } = await openReadyPage(session, { whole: false });
  await chooseFile(page, sampleBytes(FIRST), "private.jpg");
  const { ranking } = await readAnswer(page);
  await setFewestSteps(page);
  await explain(page, ranking[0]);
  await page.getByTestId("hold-map").click();
  assert.match(await page.getByTestId("compare-facts").textContent(), /preliminary/);
  session.observer.spoil(null);
  const before = session.observer.count();
  await closePhotograph(page);
  await page.locator("[data-testid=networks][data-joining=held]").waitFor({ timeout: LOAD });
  await page.waitForTimeout(1_000);
  assert.deepEqual(session.observer.since(before), []);
  await page.getByTestId("let-go").click();
  await page.waitForFunction(
    () => {
      const { present, total } = document.querySelector("[data-testid=networks]").dataset;
      return present === total;
    },
    null,
    { timeout: LOAD },
  );
  assert.ok(session.observer.since(before).length > 0);
  assert.deepEqual(problems, []);
  await context.close();
});

test("a sample that was never loaded is not fetched for a comparison, and the page says so", async () => {
  session.observer.replace(manySampleFiles(400, sampleBytes(FIRST)));
  const { context, page, problems } = await openReadyPage(session, { viewport: { width: 390, height: 600 } });
  await chooseFile(page, sampleBytes(FIRST), "private.jpg");
  const { ranking } = await readAnswer(page);
  await setFewestSteps(page);
  await explain(page, ranking[0]);
  await page.getByTestId("hold-map").click();
  const before = session.observer.count();
  await page.getByTestId("sample-399").click();
  assert.match(await readError(page), /not loaded yet/);
  assert.deepEqual(session.observer.since(before), []);
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
  assert.equal(await page.getByTestId("photo").count(), 1, "the open photograph was closed for nothing");
  assert.deepEqual(problems, []);
  session.observer.replace({});
  await context.close();
});

test("what is kept for use without a network can be opened beside a held map, its lesion too, without a request", async () => {
  const { context, page, problems } = await openReadyPage(session, {
    viewport: { width: 390, height: 600 },
    serviceWorkers: "allow",
  });
  await waitForOffline(page, "complete");
  await chooseFile(page, sampleBytes(FIRST), "private.jpg");
  const { ranking } = await readAnswer(page);
  await setFewestSteps(page);
  await explain(page, ranking[0]);
  await page.getByTestId("hold-map").click();
  const before = session.observer.count();
  const last = SAMPLES.findLastIndex(({ mask }) => mask);
  await page.getByTestId(`sample-${last}`).click();
  await page.locator(`[data-testid=sample-${last}][aria-current=true]`).waitFor();
  await readAnswer(page);
  await page.getByTestId("show-lesion").waitFor();
  // When it looks for a new version is the browser's own choice.
  assert.deepEqual(session.observer.since(before).filter(({ url }) => !url.endsWith("/sw.js")), []);
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
  assert.deepEqual(problems, []);
  await context.close();
});

test("a held map of another model keeps its own name, and stands beside the new one's", async () => {
  const { context, page, problems } = await openReadyPage(session);
  await chooseFile(page, sampleBytes(FIRST), "private.jpg");
  const first = await readAnswer(page);
  await setFewestSteps(page);
  await explain(page, first.ranking[0]);
  await page.getByTestId("hold-map").click();
  const before = session.observer.count();
  await withFolder(ownFiles(), async (folder) => {
    await page.getByTestId("own-model").evaluate((details) => (details.open = true));
    await page.getByTestId("own-folder").setInputFiles(folder);
    await page.getByTestId("model-row").filter({ hasText: OWN_NAME }).waitFor({ timeout: LOAD });
  });
  await readAnswer(page);
  await explain(page, first.ranking[0]);
  await page.getByTestId("compare-shown").waitFor();
  const models = await page.getByTestId("compare-facts").locator("tr").last().locator("td").allTextContents();
  assert.deepEqual(models, [MANIFEST.name, OWN_NAME]);
  // The same networks under another name.
  near(Number(await page.getByTestId("agreement").getAttribute("data-agreement")), 1, 1e-3, "agreement");
  assert.deepEqual(session.observer.since(before), []);
  assert.deepEqual(problems, []);
  await context.close();
});

test("390 px, touch: two fingers enlarge both, and one finger scrolls the page while all is seen", async () => {
  const { context, page, problems } = await openReadyPage(session, {
    viewport: { width: 390, height: 844 },
    locale: "de-DE",
    hasTouch: true,
    reducedMotion: "reduce",
  });
  await chooseFile(page, sampleBytes(FIRST), "foto.jpg");
  const { ranking } = await readAnswer(page);
  await setFewestSteps(page);
  await explain(page, ranking[0]);
  await page.getByTestId("hold-map").click();
  await explain(page, ranking[1]);
  const stage = page.getByTestId("compare-held").getByTestId("compare-stage");
  await stage.evaluate((stage) => stage.scrollIntoView({ block: "center" }));
  assert.equal(await stage.evaluate((stage) => getComputedStyle(stage).touchAction), "pan-y");
  const scrolled = await page.evaluate(() => globalThis.scrollY);
  const { x, y, width, height } = await stage.boundingBox();
  const at = (across, down) => [x + across * width, y + down * height];
  const touch = await fingers(page);
  await touch.down(at(0.4, 0.5), at(0.6, 0.5));
  await touch.move(at(0.3, 0.5), at(0.7, 0.5));
  await touch.move(at(0.2, 0.5), at(0.8, 0.5));
  await touch.up();
  const views = await page.getByTestId("compare-stage").evaluateAll((stages) => stages.map(({ dataset }) => dataset.view));
  assert.equal(views.length, 2);
  assert.equal(views[0], views[1]);
  near(Number(views[0].split(",")[0]), 3, 0.2, "enlarged");
  assert.equal(await page.evaluate(() => globalThis.scrollY), scrolled, "the page scrolled under the fingers");
  await assertNoSidewaysScroll(page, "with a comparison");
  await page.screenshot({ path: `${SCREENSHOTS}390-de-compare.png`, fullPage: true });
  assert.deepEqual(problems, []);
  await context.close();
});

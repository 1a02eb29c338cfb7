// The pictures that come with the page: what each shows is told beside the answer, and where the lesion was drawn.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { calibratedFiles } from "./helper/calibration.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { chooseFile, closePhotograph, readAnswer } from "./helper/photograph.mjs";
import { MASK_SIDE, listed, sampleFiles } from "./helper/samples.mjs";
import { MANIFEST, SAMPLES, sampleBytes } from "./helper/setting.mjs";

let session;
let opened;

before(async () => {
  session = await startBrowser();
});
after(() => session?.close());
afterEach(async () => {
  session.observer.replace({});
  assert.deepEqual(opened.problems, []);
  await opened.context.close();
});

async function open(files) {
  session.observer.replace(files);
  opened = await openReadyPage(session);
  return opened.page;
}

const nameOf = (key) => MANIFEST.labels.find((label) => label.key === key).name;
/** A guard that accepts, or refuses, whatever it is shown. */
const ACCEPTS = -1e12;
const REFUSES = 0;

test("the gallery has every picture of the list under its label, and each is there when it is seen", async () => {
  const page = await open({});
  for (const [place, { label }] of SAMPLES.entries()) {
    const sample = page.getByTestId(`sample-${place}`);
    assert.match(await sample.getAttribute("aria-label"), new RegExp(nameOf(label)));
    const image = sample.locator("img");
    assert.equal(await image.getAttribute("loading"), "lazy");
    await image.scrollIntoViewIfNeeded();
    await page.waitForFunction((image) => image.naturalWidth > 0, await image.elementHandle());
  }
  const names = await page.getByTestId("samples").locator("h4").allTextContents();
  for (const { label } of SAMPLES) {
    assert.equal(names.filter((name) => name === nameOf(label)).length, 1, `${label} has not one heading`);
  }
});

test("a sample is opened by keyboard, and the truth stands beside the answer in words", async () => {
  const files = { ...calibratedFiles(ACCEPTS), ...sampleFiles() };
  const page = await open(files);
  for (const [place, { label }] of listed(files).samples.entries()) {
    await page.getByTestId(`sample-${place}`).focus();
    await page.keyboard.press("Enter");
    const { ranking, fallback } = await readAnswer(page);
    const truth = page.getByTestId("truth");
    assert.equal(await truth.getAttribute("data-truth"), label);
    const found = ranking.indexOf(label);
    const grade = found === 0 ? "right" : found < 3 ? "near" : "wrong";
    assert.equal(await truth.getAttribute("data-grade"), grade);
    const words = { right: fallback ? /^Right, though/ : /^Right\./, near: /among the first three/, wrong: /^Wrong/ };
    const text = await truth.textContent();
    assert.match(text, words[grade]);
    assert.ok(text.includes(nameOf(label)), text);
    assert.equal(await page.getByTestId(`sample-${place}`).getAttribute("aria-current"), "true");
    await closePhotograph(page);
  }
  await chooseFile(page, sampleBytes(0), "own.jpg");
  await readAnswer(page);
  assert.equal(await page.getByTestId("truth").count(), 0, "a truth is claimed of the reader's own photograph");
});

test("the drawn lesion is outlined over the photograph and over the map", async () => {
  const page = await open(sampleFiles());
  await page.getByTestId("sample-0").click();
  const { ranking } = await readAnswer(page);
  assert.equal(await page.getByTestId("lesion-canvas").count(), 0, "shown unasked");
  await page.getByTestId("show-lesion").check();
  const outline = page.getByTestId("lesion-canvas");
  const { drawn, inner } = await outline.evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const alpha = (x, y) => data[(y * canvas.width + x) * 4 + 3];
    return {
      drawn: data.filter((value, index) => index % 4 === 3 && value > 0).length,
      inner: alpha(canvas.width / 2, canvas.height / 2),
    };
  });
  const half = MASK_SIDE / 2;
  // A line of one pixel within the square's edge and one around it; its inside stays clear.
  assert.equal(drawn, (half + 2) ** 2 - (half - 2) ** 2);
  assert.equal(inner, 0);
  assert.deepEqual(await outline.boundingBox(), await page.getByTestId("photo").boundingBox());

  await setFewestSteps(page);
  await explain(page, ranking[0]);
  const above = await outline.evaluate((lesion) => {
    const map = document.querySelector("[data-testid=overlay-canvas]");
    return Boolean(map.compareDocumentPosition(lesion) & Node.DOCUMENT_POSITION_FOLLOWING);
  });
  assert.ok(above, "the map covers the outline");

  await page.getByTestId("show-lesion").uncheck();
  assert.equal(await outline.count(), 0);
  await closePhotograph(page);
  await page.getByTestId("sample-1").click();
  await readAnswer(page);
  assert.equal(await page.getByTestId("show-lesion").count(), 0, "a switch for a lesion that was not drawn");
});

test("no request is made while a sample is open, its mask included", async () => {
  const page = await open(sampleFiles());
  await page.getByTestId("sample-0").click();
  await readAnswer(page);
  const before = session.observer.count();
  await page.getByTestId("show-lesion").check();
  await page.getByTestId("lesion-canvas").waitFor();
  await page.waitForTimeout(1_000);
  assert.deepEqual(session.observer.since(before), []);
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
});

for (const [what, threshold, grade] of [
  ["refuses", REFUSES, "right"],
  ["accepts", ACCEPTS, "wrong"],
]) {
  test(`a picture without skin that the guard ${what} is called ${grade}`, async () => {
    const page = await open({ ...calibratedFiles(threshold), ...sampleFiles() });
    await page.getByTestId("not-skin-0").click();
    await readAnswer(page);
    const truth = page.getByTestId("truth");
    assert.equal(await truth.getAttribute("data-truth"), "not-skin");
    assert.equal(await truth.getAttribute("data-grade"), grade);
    assert.match(await truth.textContent(), /shows no skin/);
  });
}

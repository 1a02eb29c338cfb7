// Ways of explaining: each method draws its own map, of all networks or of one, which grows on screen, in either pair of
// colours; and how much of it lies in the lesion, or in a region that the reader draws.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { explain, overlayStrength, setFewestSteps, setMostSteps } from "./helper/explanation.mjs";
import { assertAccessible, assertNoSidewaysScroll, SCREENSHOTS } from "./helper/layout.mjs";
import { readAnswer } from "./helper/photograph.mjs";
import { SAMPLES } from "./helper/setting.mjs";

let session;
let page;
let problems;
let label;

before(async () => {
  session = await startBrowser();
  ({ page, problems } = await openReadyPage(session));
  await page.getByTestId(`sample-${SAMPLES.findIndex(({ mask }) => mask)}`).click();
  ({
    ranking: [label],
  } = await readAnswer(page));
  await setFewestSteps(page);
});
after(() => session?.close());

const shown = () => page.getByTestId("explanation");
const method = (index) => page.getByTestId("method").selectOption(String(index));
/** `{ evidence, area }` of a score. */
const share = async (id) => {
  const { evidence, area } = await page.getByTestId(id).evaluate(({ dataset }) => ({ ...dataset }));
  return { evidence: Number(evidence), area: Number(area) };
};

test("each method draws a map of its own, and says how it was computed", async () => {
  const seen = new Map();
  for (const [index, name] of ["integratedgradients", "smoothgrad", "gradcam", "occlusion"].entries()) {
    await method(index);
    if (index < 2) {
      await setFewestSteps(page);
    }
    // The last map must not be taken for this one.
    if (index > 0) {
      await page.getByTestId("hide-map").click();
    }
    await explain(page, label);
    assert.equal(await shown().getAttribute("data-method"), name);
    const { drawn, sum } = await overlayStrength(page);
    assert.ok(drawn > 0, `${name} draws nothing`);
    seen.set(name, sum);
    // Only the first adds up to the score.
    assert.equal(await page.getByTestId("completeness-gap").count(), index === 0 ? 1 : 0);
    assert.ok((await page.getByTestId("map-method").textContent()).length > 10);
  }
  assert.equal(new Set(seen.values()).size, 4, "two methods draw the same map");
  await method(0);
});

test("one network's map is not that of all", async () => {
  await setFewestSteps(page);
  await explain(page, label);
  const all = await overlayStrength(page);
  assert.ok(Number(await shown().getAttribute("data-folds")) > 1);
  await page.getByTestId("only-network").selectOption("1");
  await page.getByTestId("hide-map").click();
  await explain(page, label);
  assert.equal(await shown().getAttribute("data-folds"), "1");
  assert.notEqual((await overlayStrength(page)).sum, all.sum);
  await page.getByTestId("only-network").selectOption("");
});

test("a map grows on screen before it is done", async () => {
  await setMostSteps(page);
  await page.getByTestId("hide-map").click();
  await page.getByTestId(`explain-${label}`).click();
  await page.getByTestId("overlay-canvas").waitFor();
  assert.equal(await page.getByTestId("explain-progress").count(), 1, "it was done before it was seen");
  await page.getByTestId("cancel-explain").click();
  await page.getByTestId("overlay-canvas").waitFor({ state: "detached" });
  await setFewestSteps(page);
  await explain(page, label);
});

test("the other colours are in the map and in its legend", async () => {
  const colour = () => page.locator(".legend-for").evaluate((swatch) => getComputedStyle(swatch).backgroundImage);
  const before = [await overlayStrength(page), await colour()];
  await page.getByTestId("colours").selectOption("orange-blue");
  const after = [await overlayStrength(page), await colour()];
  assert.equal(after[0].drawn, before[0].drawn);
  assert.notEqual(after[0].sum, before[0].sum);
  assert.notEqual(after[1], before[1]);
});

test("the share of the map in the sample's lesion is measured", async () => {
  const { evidence, area } = await share("lesion-share");
  assert.ok(area > 0.01 && area < 0.9, `the lesion takes ${area}`);
  assert.ok(evidence > 0 && evidence <= 1, `${evidence} of the map lies in it`);
});

test("a region is drawn by sliders and by dragging, and measured", async () => {
  await page.getByTestId("draw-region").check();
  const slide = (id, to) => page.getByTestId(id).fill(String(to));
  await slide("region-width", 100);
  await slide("region-height", 100);
  const { area } = await share("region-share");
  assert.ok(Math.abs(area - Math.PI / 4) < 0.02, `an ellipse in the whole picture takes ${area}`);

  // By keyboard too.
  await page.getByTestId("region-width").focus();
  await page.keyboard.press("ArrowLeft");
  assert.ok((await share("region-share")).area < area);

  await page.getByTestId("region-layer").scrollIntoViewIfNeeded();
  const layer = await page.getByTestId("region-layer").boundingBox();
  const at = (x, y) => [layer.x + x * layer.width, layer.y + y * layer.height];
  await page.mouse.move(...at(0.1, 0.1));
  await page.mouse.down();
  await page.mouse.move(...at(0.35, 0.35), { steps: 3 });
  await page.mouse.up();
  const drawn = await share("region-share");
  assert.ok(Math.abs(drawn.area - (Math.PI / 4) * 0.25 * 0.25) < 0.02, `the drawn ellipse takes ${drawn.area}`);
  assert.equal(await page.getByTestId("region-left").inputValue(), "10");
});

for (const width of [1280, 390, 320]) {
  test(`${width} px: settings, scores and region fit, and axe finds nothing`, async () => {
    await page.setViewportSize({ width, height: 900 });
    await assertNoSidewaysScroll(page, "with a region");
    await assertAccessible(page, "with a region");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-region.png`, fullPage: true });
  });
}

test("nothing of all this made a request, or went wrong unseen", async () => {
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
  assert.deepEqual(problems, []);
});

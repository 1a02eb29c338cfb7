// Ways of explaining: each method draws its own map, of all networks or of one, which grows on screen, in either pair of
// colours; and how much of it lies in the lesion, or in a region that the reader draws.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { applyCrop, openCrop } from "./helper/crop.mjs";
import { explain, overlayStrength, setFewestSteps, setMostSteps } from "./helper/explanation.mjs";
import { assertAccessible, assertNoSidewaysScroll, SCREENSHOTS } from "./helper/layout.mjs";
import { readAnswer } from "./helper/photograph.mjs";
import { DIST, SAMPLES } from "./helper/setting.mjs";

const SAMPLE = SAMPLES.findIndex(({ mask }) => mask);

let session;
let page;
let problems;
let label;

before(async () => {
  session = await startBrowser();
  ({ page, problems } = await openReadyPage(session));
  await page.getByTestId(`sample-${SAMPLE}`).click();
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

/**
 * The share of the shown map, and of its area, in a mask: by where the browser draws each of its pixels, with the turn as it is
 * and the other way round.
 */
async function shareAsDrawn(mask) {
  return page.getByTestId("overlay-canvas").evaluate(async (map, base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes]));
    const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    const lesion = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const drawn = map.getContext("2d").getImageData(0, 0, map.width, map.height);
    const style = getComputedStyle(map);
    const [left, top, width, height] = ["left", "top", "width", "height"].map((side) => parseFloat(style[side]));
    const photo = map.offsetParent.getBoundingClientRect();
    const measure = (turn) => {
      let [within, all, inside] = [0, 0, 0];
      for (let row = 0; row < map.height; row += 1) {
        for (let column = 0; column < map.width; column += 1) {
          const from = new DOMPoint(((column + 0.5) / map.width - 0.5) * width, ((row + 0.5) / map.height - 0.5) * height);
          const to = turn.transformPoint(from);
          const x = (left + width / 2 + to.x) / photo.width;
          const y = (top + height / 2 + to.y) / photo.height;
          const place = Math.floor(y * lesion.height) * lesion.width + Math.floor(x * lesion.width);
          const [red, , blue, strength] = drawn.data.subarray(4 * (row * map.width + column));
          // Orange is what speaks for the label, blue what speaks against it.
          const speaksFor = red > blue ? strength : 0;
          all += speaksFor;
          if (lesion.data[4 * place] > 127) {
            within += speaksFor;
            inside += 1;
          }
        }
      }
      return { evidence: within / all, area: inside / (map.width * map.height) };
    };
    const turn = new DOMMatrix(style.transform);
    return { asDrawn: measure(turn), otherWay: measure(turn.inverse()) };
  }, mask.toString("base64"));
}

test("of a turned region, what lies in the lesion is measured where the map is drawn", async () => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await openCrop(page);
  for (const [slider, to] of Object.entries({ width: 0.6, height: 0.35, across: 0.6, down: 0.45, turn: 35 })) {
    await page.getByTestId(`crop-${slider}`).fill(String(to));
  }
  await applyCrop(page);
  // The guard may fold the answer to a part of the drawing away.
  await readAnswer(page);
  await explain(page, label);
  await page.getByTestId("draw-region").uncheck();
  await page.getByTestId("colours").selectOption("orange-blue");
  const { evidence, area } = await share("lesion-share");
  const { asDrawn, otherWay } = await shareAsDrawn(readFileSync(join(DIST, "samples", SAMPLES[SAMPLE].mask)));
  assert.ok(Math.abs(area - asDrawn.area) < 0.005, `the lesion takes ${area}, drawn ${asDrawn.area}`);
  // What the map draws is clipped; what is measured is not.
  assert.ok(Math.abs(evidence - asDrawn.evidence) < 0.03, `${evidence} lie in it, drawn ${asDrawn.evidence}`);
  assert.ok(Math.abs(area - otherWay.area) > 0.01, "turned the other way it would be the same");
});

test("nothing of all this made a request, or went wrong unseen", async () => {
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
  assert.deepEqual(problems, []);
});

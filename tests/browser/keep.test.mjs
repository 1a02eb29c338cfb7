// What the reader takes along: a report to process and to print, and the map as a picture. None of it knows anything of the
// photograph's file, and none of it needs a request.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { calibratedFiles } from "./helper/calibration.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { pngChunks, withDescription } from "./helper/images.mjs";
import { chooseFile, closePhotograph, readAnswer } from "./helper/photograph.mjs";
import { sampleBytes } from "./helper/setting.mjs";

/** Words in the photograph's own metadata, and its name. */
const SECRET = "Camera of Mrs Example";
const NAME = "Mrs-Example-born-1970.jpg";
/** Chunks of a PNG that hold pixels and how to show them; all others hold words, times or EXIF. */
const PIXEL_CHUNKS = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND", "sRGB", "gAMA", "cHRM", "iCCP", "sBIT", "pHYs"];

let session;
let page;
let problems;
let files;
let answer;
let quiet;

before(async () => {
  session = await startBrowser();
  files = calibratedFiles(-1e12);
  session.observer.replace(files);
  ({ page, problems } = await openReadyPage(session));
  await chooseFile(page, withDescription(sampleBytes(0), SECRET), NAME);
  answer = await readAnswer(page);
  // What the gallery still had to fetch is on its way.
  await page.waitForTimeout(500);
  quiet = session.observer.count();
});
after(() => session?.close());

/** Presses a button and returns the name and the bytes of the file that the browser saves. */
async function saved(testId) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId(testId).click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

const savedReport = async () => JSON.parse((await saved("save-report")).bytes.toString("utf8"));

/** Fails if anything of the photograph's file is in these bytes. */
function assertKnowsNothing(bytes) {
  for (const secret of [SECRET, NAME, "Mrs-Example", "blob:"]) {
    assert.ok(!bytes.includes(secret), `${secret} is in it`);
  }
}

/** Some pixels of a picture, `[red, green, blue, opacity]` each, and its size. */
async function pixelsOf(bytes) {
  return page.evaluate(async (base64) => {
    const blob = new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]);
    const bitmap = await createImageBitmap(blob);
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    const some = data.filter((_, index) => (index >> 2) % 13 === 0);
    return { width: bitmap.width, height: bitmap.height, data: [...some] };
  }, bytes.toString("base64"));
}

const opacities = ({ data }) => data.filter((_, index) => index % 4 === 3);

test("a report without a map says what the page says, and which model said it", async () => {
  const { name, bytes } = await saved("save-report");
  assert.equal(name, "genoderm-report.json");
  assertKnowsNothing(bytes);
  const report = JSON.parse(bytes.toString("utf8"));
  const manifest = JSON.parse(files["manifest.json"]);
  assert.equal(report.format, "genoderm-report");
  assert.equal(report.formatVersion, 1);
  assert.match(report.status, /Not a medical device/);

  assert.equal(report.model.name, manifest.name);
  assert.equal(report.model.formatVersion, manifest.format_version);
  const [set] = manifest.sets;
  const shards = [...set.folds.flatMap((fold) => fold.shards), set.calibration.reference];
  assert.deepEqual(report.model.files, shards);
  assert.equal(report.engine.backend, "cpu");
  assert.ok(report.engine.golden.worst <= report.engine.golden.tolerance);

  assert.equal(report.answer.set, answer.set);
  assert.deepEqual(report.answer.ranking.map(({ key }) => key), answer.ranking);
  for (const { key, probability } of report.answer.ranking) {
    assert.ok(Math.abs(probability - answer.probabilities[key]) < 1e-6, key);
  }
  assert.equal(report.answer.folds.length, set.folds.length);
  assert.equal(report.answer.folds.filter(({ voted }) => voted).length, answer.votes);
  assert.equal(report.answer.fallback, answer.fallback);
  assert.equal(report.answer.temperature, set.calibration.temperature);
  const labels = await page.getByTestId("prediction-set").getAttribute("data-labels");
  assert.deepEqual(report.answer.predictionSet, { coverage: set.calibration.conformal.coverage, labels: labels.split(" ") });
  assert.equal(report.answer.guard.accepted, true);
  assert.equal(report.answer.guard.kind, "mahalanobis");

  assert.equal(report.explanation, null);
  assert.equal(report.note, null);
  for (const time of [report.created, report.answer.classified]) {
    assert.ok(Math.abs(Date.parse(time) - Date.now()) < 600_000, time);
  }
  assert.ok(Date.parse(report.answer.classified) <= Date.parse(report.created));
  assert.ok(report.answer.timings.totalMs > 0);
});

test("a report with a map says how it was computed and shown, and holds the reader's note", async () => {
  await setFewestSteps(page);
  await explain(page, answer.ranking[1]);
  await page.getByTestId("positive-only").check();
  await page.getByTestId("note").fill("  Seen with \"Dr. B\",\nsecond visit. ");
  const report = await savedReport();
  const shown = page.getByTestId("explanation");
  assert.equal(report.explanation.settings.target, answer.ranking[1]);
  assert.equal(String(report.explanation.settings.steps), await shown.getAttribute("data-steps"));
  assert.equal(report.explanation.settings.baseline, await shown.getAttribute("data-baseline"));
  const gap = await page.getByTestId("completeness-gap").getAttribute("data-gap");
  assert.ok(Math.abs(report.explanation.completenessGap - Number(gap)) < 1e-6);
  assert.deepEqual(report.explanation.shown, { opacity: 85, positiveOnly: true, grey: false });
  assert.equal(report.note, "Seen with \"Dr. B\",\nsecond visit.");
  await page.getByTestId("positive-only").uncheck();
});

test("the map over the photograph is saved as it is seen, in its size on the screen, and holds nothing but pixels", async () => {
  const { name, bytes } = await saved("save-overlay");
  assert.equal(name, `genoderm-overlay-${answer.ranking[1]}.png`);
  assertKnowsNothing(bytes);
  assert.deepEqual(pngChunks(bytes).filter((chunk) => !PIXEL_CHUNKS.includes(chunk)), []);
  const frame = await page.getByTestId("photo").boundingBox();
  const picture = await pixelsOf(bytes);
  assert.deepEqual([picture.width, picture.height], [Math.round(frame.width), Math.round(frame.height)]);
  assert.ok(opacities(picture).every((opacity) => opacity === 255), "the photograph is not whole");

  await page.getByTestId("opacity").fill("0");
  const without = await pixelsOf((await saved("save-overlay")).bytes);
  const changed = without.data.filter((value, index) => Math.abs(value - picture.data[index]) > 8).length;
  assert.ok(changed > 200, `the map changed ${changed} values only`);

  await page.getByTestId("grey").check();
  const { data } = await pixelsOf((await saved("save-overlay")).bytes);
  const coloured = data.filter((value, index) => index % 4 === 0 && Math.abs(value - data[index + 1]) > 3).length;
  assert.equal(coloured, 0, "the photograph is not grey");
  await page.getByTestId("grey").uncheck();
  await page.getByTestId("opacity").fill("85");
});

test("the map alone is clear where the model did not look", async () => {
  const { name, bytes } = await saved("save-map");
  assert.equal(name, `genoderm-map-${answer.ranking[1]}.png`);
  assert.deepEqual(pngChunks(bytes).filter((chunk) => !PIXEL_CHUNKS.includes(chunk)), []);
  const found = opacities(await pixelsOf(bytes));
  assert.ok(found.some((opacity) => opacity < 20), "no clear pixel");
  assert.ok(found.some((opacity) => opacity > 100), "no strong pixel");
});

test("the report is all that is printed, with answer, map, note and checksums, and without the file's name", async () => {
  const report = page.getByTestId("report");
  assert.ok(!(await report.isVisible()), "the report is seen on the screen");
  await page.emulateMedia({ media: "print" });
  await page.evaluate(() => globalThis.dispatchEvent(new Event("beforeprint")));
  assert.ok(await report.isVisible());
  assert.ok(!(await page.locator("main").isVisible()), "the page is printed too");

  const text = await report.innerText();
  const manifest = JSON.parse(files["manifest.json"]);
  for (const { name } of manifest.labels) {
    assert.ok(text.includes(name), name);
  }
  const percent = await page.locator(".result-percent").first().textContent();
  const wanted = [percent, "Not a medical device", "Completeness gap", "second visit.", manifest.notice];
  const checksums = manifest.sets[0].folds.flatMap((fold) => fold.shards.map(({ sha256 }) => sha256));
  for (const part of [...wanted, ...checksums]) {
    assert.ok(text.includes(part), `${part} is missing`);
  }
  assertKnowsNothing(text);
  const drawn = await page.getByTestId("report-picture").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, index) => index % 4 === 3 && value === 255).length / (canvas.width * canvas.height);
  });
  assert.equal(drawn, 1, "the photograph is not in the report");
  const pdf = await page.pdf();
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  assert.ok(!pdf.includes(NAME));
  await page.emulateMedia({ media: null });
});

test("the button opens the browser's own dialog", async () => {
  await page.evaluate(() => {
    globalThis.print = () => {
      globalThis.printed = true;
    };
  });
  await page.getByTestId("print-report").click();
  assert.equal(await page.evaluate(() => globalThis.printed), true);
});

test("nothing of all this made a request", async () => {
  await page.waitForTimeout(500);
  assert.deepEqual(session.observer.since(quiet), []);
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
});

test("the note is gone with its photograph", async () => {
  await closePhotograph(page);
  assert.equal(await page.getByTestId("keep").count(), 0);
  await chooseFile(page, sampleBytes(1), "another.jpg");
  await readAnswer(page);
  assert.equal(await page.getByTestId("note").textContent(), "");
  assert.equal((await savedReport()).note, null);
  assert.deepEqual(problems, []);
});

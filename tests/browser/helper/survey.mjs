// The reader mode: opening a survey, answering it, reading what the page says at its end.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { MANIFEST, SAMPLES, sampleBytes } from "./setting.mjs";
import { zipOf } from "./zip.mjs";

/** How long photographs and model may take to come, and the model to look at all photographs, in milliseconds. */
const LONG = 240_000;

/** Opens the settings, and fills them in; Grad-CAM is the fastest method. */
export async function setUp(page, { reader = "R 1", group = "students", each = false, store = false } = {}) {
  await page.getByTestId("open-survey").click();
  await page.locator("[data-testid=survey][data-phase=setting-up]").waitFor();
  await page.getByTestId("survey-reader").fill(reader);
  await page.getByTestId("survey-group").fill(group);
  await page.getByTestId(each ? "survey-after-each" : "survey-at-the-end").check();
  await page.getByTestId("survey-may-store").setChecked(store);
  await page.getByTestId("method").selectOption("2");
}

/** Begins, or goes on, and waits for the first question. */
export async function begin(page, button = "survey-start") {
  await page.getByTestId(button).click();
  await asking(page);
}

/** Waits for a question. */
export async function asking(page) {
  await page.locator("[data-testid=survey][data-phase=asking]").waitFor({ timeout: LONG });
}

/** The image that is asked about. */
export function askedImage(page) {
  return page.getByTestId("survey-question").getAttribute("data-image");
}

/** Waits for the photograph at this place, asked about or shown with its answers. */
export async function atPlace(page, place) {
  await page.locator(`[data-testid=survey-place][data-place="${place}"]`).waitFor();
}

/** Waits until the model has looked at every photograph. */
export async function modelReady(page) {
  await page.waitForFunction(
    () => {
      const { settled, total } = document.querySelector("[data-testid=survey-model-progress]").dataset;
      return settled === total;
    },
    null,
    { timeout: LONG },
  );
}

/** The keys of the labels in the order of their numbers. */
export function numberedLabels(page) {
  return page
    .locator("[data-testid^=survey-label-]")
    .evaluateAll((labels) => labels.map(({ dataset }) => dataset.testid.replace("survey-label-", "")));
}

/** Right answers, all answers and interval of `reader` or `model`, in `all`, `focused` or `panoramic` photographs. */
export async function shareOf(page, who, part = "all") {
  const cell = page.locator(`[data-testid=survey-accuracy][data-part=${part}] [data-testid=survey-${who}-share]`);
  const { right, total, low, high } = await cell.evaluate(({ dataset }) => ({ ...dataset }));
  return { right: Number(right), total: Number(total), low: Number(low), high: Number(high) };
}

/** The counts of a confusion matrix. */
export function matrixOf(page, testId) {
  return page
    .getByTestId(testId)
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll("td")].map((cell) => Number(cell.textContent))));
}

/** What is said of the photograph that is looked at: labels, and overlaps as numbers or `null`. */
export async function compared(page) {
  const { truth, answer, model, image } = await page
    .getByTestId("survey-comparison")
    .evaluate(({ dataset }) => ({ ...dataset }));
  const overlap = await page.getByTestId("survey-overlap").evaluate(({ dataset }) => ({ ...dataset }));
  const number = (text) => (text === undefined ? null : Number(text));
  return {
    image,
    truth,
    answer: answer ?? null,
    model: model ?? null,
    regionMap: number(overlap.regionMap),
    byChance: number(overlap.byChance),
    regionLesion: number(overlap.regionLesion),
    mapLesion: number(overlap.mapLesion),
  };
}

/** The label that a drawing was made for. */
export function truthOf(image) {
  return SAMPLES.find(({ file }) => file === image).label;
}

/** What is stored for going on later; `null` for nothing. */
export async function storedSurvey(page) {
  return JSON.parse((await page.evaluate(() => localStorage.getItem("genoderm.survey"))) ?? "null");
}

/** The files of a bundle of two surveys about four drawings, as `genoderm study make` writes one; `change` may change them. */
export function surveyFiles(change = () => {}) {
  const labels = MANIFEST.labels.map(({ key }) => key);
  const question = (number) => ({
    image: `pictures/photo-${number}.jpg`,
    label: SAMPLES[number].label,
    view: SAMPLES[number].set,
    source: `source-${number}`,
  });
  const surveys = {
    labels,
    surveys: [
      { name: "S01", set: 1, questions: [question(0), question(5)] },
      { name: "S02", set: 1, questions: [question(10), question(17)] },
    ],
  };
  change(surveys);
  const images = [0, 5, 10, 17].map((number) => [`pictures/photo-${number}.jpg`, sampleBytes(number)]);
  return { "surveys.json": Buffer.from(JSON.stringify(surveys)), ...Object.fromEntries(images) };
}

/** A zip file of these files in a folder, with what macOS adds. */
export function zippedSurvey(files) {
  const entries = Object.entries(files).map(([name, bytes]) => ({ name: `a study/${name}`, bytes }));
  return zipOf([...entries, { name: "__MACOSX/surveys.json", bytes: Buffer.from("not this one") }]);
}

/** Calls `use` with a folder of these files. */
export async function withSurveyFolder(files, use) {
  const folder = mkdtempSync(join(tmpdir(), "genoderm-study-"));
  try {
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Chooses a zip file of surveys in the settings. */
export async function chooseSurvey(page, files, name = "study.zip") {
  await page.getByTestId("survey-from-file").check();
  const buffer = Buffer.isBuffer(files) ? files : zippedSurvey(files);
  await page.getByTestId("survey-zip").setInputFiles({ name, mimeType: "application/zip", buffer });
}

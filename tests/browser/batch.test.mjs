// Many photographs at once: a table that fills one by one, can be stopped, and is saved as a file that spreadsheets read.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";

import { openPage, openReadyPage, startBrowser } from "./helper/browser.mjs";
import { calibratedFiles } from "./helper/calibration.mjs";
import { TOLERANCE, predict } from "./helper/command_line.mjs";
import { parseCsv } from "./helper/csv.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { focusOn } from "./helper/focus.mjs";
import { SCREENSHOTS, assertAccessible, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { chooseFiles, closePhotograph, dropFiles, readAnswer } from "./helper/photograph.mjs";
import { twoSetFiles } from "./helper/sets.mjs";
import { SAMPLES, MANIFEST, sampleBytes } from "./helper/setting.mjs";

/** How long a batch may take, in milliseconds. */
const BATCH = 120_000;
/** So many that a batch can be stopped in its middle. */
const MANY = 60;

/** Names as they may come: a formula, quotes and a comma. */
const FILES = [
  { name: "=HYPERLINK(\"http://example.invalid\").jpg", bytes: sampleBytes(0) },
  { name: "text.jpg", bytes: Buffer.from("This is a text, not a photograph.\n".repeat(40)) },
  { name: "a \"quoted\", named.jpg", bytes: sampleBytes(1) },
  { name: "empty.jpg", bytes: Buffer.alloc(0) },
  { name: "last.jpg", bytes: sampleBytes(2) },
];

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

async function open(files = {}) {
  session.observer.replace(files);
  opened = await openReadyPage(session);
  await opened.page.waitForTimeout(500);
  return opened.page;
}

const many = () => Array.from({ length: MANY }, (_, number) => ({ name: `${number}.jpg`, bytes: sampleBytes(0) }));

async function finish(page) {
  await page.locator("[data-testid=batch][data-running=false]").waitFor({ timeout: BATCH });
}

/** Every row: `{ name, state, label, probability, words }`. */
async function readRows(page) {
  return page.getByTestId("batch-row").evaluateAll((rows) =>
    rows.map((row) => {
      const part = (id) => row.querySelector(`[data-testid=${id}]`);
      return {
        name: row.querySelector(".file-name").textContent,
        state: row.dataset.state,
        label: part("batch-first")?.dataset.label,
        probability: Number(part("batch-first")?.dataset.probability),
        words: part("batch-words")?.textContent.trim(),
      };
    }),
  );
}

async function readCsv(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("batch-csv").click()]);
  assert.equal(download.suggestedFilename(), "genoderm-batch.csv");
  const [header, ...rows] = parseCsv(readFileSync(await download.path(), "utf8"));
  return rows.map((row) => {
    assert.equal(row.length, header.length, row.join());
    return Object.fromEntries(header.map((name, place) => [name, row[place]]));
  });
}

/** The label that the command line puts first, and its probability. */
function firstOf(bytes, options) {
  const { probabilities } = predict(bytes, options);
  return Object.entries(probabilities).sort(([, one], [, other]) => other - one)[0];
}

test("every photograph is answered as by the command line, a broken one gets its sentence, and nothing is sent", async () => {
  const page = await open();
  const before = session.observer.count();
  await chooseFiles(page, FILES);
  await finish(page);
  const rows = await readRows(page);
  assert.deepEqual(rows.map(({ name }) => name), FILES.map(({ name }) => name));
  assert.deepEqual(rows.map(({ state }) => state), ["done", "failed", "done", "failed", "done"]);
  for (const [place, { bytes }] of FILES.entries()) {
    if (rows[place].state === "done") {
      const [label, probability] = firstOf(bytes);
      assert.equal(rows[place].label, label);
      assert.ok(Math.abs(rows[place].probability - probability) <= TOLERANCE);
    }
  }
  assert.match(rows[1].words, /not an image/);
  assert.match(rows[3].words, /empty/);
  const count = page.getByTestId("batch-count");
  assert.deepEqual(
    [await count.getAttribute("data-done"), await count.getAttribute("data-failed"), await count.getAttribute("data-total")],
    ["3", "2", "5"],
  );
  assert.match(await page.getByTestId("announcement").textContent(), /3 of 5/);
  await page.waitForFunction(() =>
    [...document.querySelectorAll("[data-testid=batch-row]")].every(
      (row) => row.querySelector("img").naturalWidth > 0 === (row.dataset.state === "done"),
    ),
  );

  const csv = await readCsv(page);
  assert.deepEqual(csv.map(({ number }) => number), ["1", "2", "3", "4", "5"]);
  assert.equal(csv[0].file, `'${FILES[0].name}`, "a spreadsheet would compute this");
  assert.equal(csv[2].file, FILES[2].name);
  for (const [place, row] of csv.entries()) {
    assert.equal(row.first_label, rows[place].label ?? "");
    assert.equal(row.error, rows[place].words ?? "");
    if (row.first_label) {
      assert.ok(Math.abs(Number(row.probability) - rows[place].probability) < 1e-6);
      assert.equal(row.first_name, MANIFEST.labels.find(({ key }) => key === row.first_label).name);
      assert.match(row.sure, /^(yes|no)$/);
    }
  }
  await page.waitForTimeout(1_000);
  assert.deepEqual(session.observer.since(before), []);
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
});

test("a batch is stopped in its middle, goes on where it stopped, and is closed", async () => {
  const page = await open();
  await dropFiles(page, many());
  await page.locator("[data-testid=batch-row][data-state=done]").first().waitFor({ timeout: BATCH });
  await page.getByTestId("batch-cancel").focus();
  await page.keyboard.press("Enter");
  await finish(page);
  const states = async () => (await readRows(page)).map(({ state }) => state);
  const stopped = await states();
  assert.ok(stopped.includes("waiting"), "all were done before it could be stopped");
  assert.ok(!stopped.includes("running"));
  await page.waitForTimeout(1_500);
  assert.deepEqual(await states(), stopped, "it went on by itself");
  await focusOn(page, "#batch");

  await page.getByTestId("batch-resume").click();
  await page.locator("[data-testid=batch][data-running=true]").waitFor();
  await finish(page);
  assert.ok((await states()).every((state) => state === "done"));
  await page.getByTestId("batch-close").click();
  await page.getByTestId("batch").waitFor({ state: "detached" });
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "");
});

test("one of them is opened by itself while the others wait, is explained, and the batch goes on", async () => {
  const page = await open();
  await chooseFiles(page, [...FILES, ...many()]);
  await page.locator("[data-testid=batch-row][data-state=done]").first().waitFor({ timeout: BATCH });
  await page.getByTestId("batch-open-2").click();
  const answer = await readAnswer(page);
  assert.equal(answer.ranking[0], firstOf(sampleBytes(1))[0]);
  assert.ok(await page.getByTestId("photo").isVisible());
  assert.equal(await page.getByTestId("batch").getAttribute("data-running"), "false");
  await setFewestSteps(page);
  await explain(page, answer.ranking[0]);
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
  await closePhotograph(page);
  assert.equal((await readRows(page)).length, FILES.length + MANY);
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
  await page.getByTestId("batch-resume").click();
  await page.locator("[data-testid=batch][data-running=true]").waitFor();
  await finish(page);
  assert.ok((await readRows(page)).every(({ state }) => ["done", "failed"].includes(state)));
});

test("photographs of one person get one answer: the mean of those that count, in the table's file too", async () => {
  // The demonstration's guard refuses a few of the page's own drawings: they would not count.
  const closeUps = SAMPLES.flatMap(({ set }, place) => (set === "focused" ? [sampleBytes(place)] : []));
  const accepted = closeUps.filter((bytes) => predict(bytes).guard.accepted).slice(0, 3);
  const files = FILES.map((file, place) => (place % 2 ? file : { ...file, bytes: accepted[place / 2] }));
  const page = await open();
  await chooseFiles(page, files);
  await finish(page);
  assert.equal((await readCsv(page)).length, FILES.length);
  assert.equal(await page.getByTestId("case-answer").count(), 0);
  await page.getByTestId("one-person").check();
  const together = page.getByTestId("case-answer");
  assert.equal(await together.getAttribute("data-counted"), "1 3 5");
  assert.match(await together.textContent(), /3 of 5 photographs count: numbers 1, 3, 5/);
  assert.match(await together.textContent(), /not calibrated/);
  const rows = await page
    .getByTestId("case-answer-row")
    .evaluateAll((rows) => rows.map(({ dataset }) => [dataset.label, Number(dataset.probability)]));
  const answers = accepted.map((bytes) => predict(bytes).probabilities);
  for (const [label, probability] of rows) {
    const mean = answers.reduce((sum, answer) => sum + answer[label], 0) / answers.length;
    assert.ok(Math.abs(probability - mean) <= TOLERANCE, `${label}: ${probability} and not ${mean}`);
  }
  assert.equal(rows.length, MANIFEST.labels.length);
  assert.deepEqual(rows, rows.toSorted(([, one], [, other]) => other - one));

  const csv = await readCsv(page);
  const last = csv.at(-1);
  assert.equal(csv.length, FILES.length + 1);
  assert.deepEqual([last.number, last.file, last.photographs_counted], ["case", "", "1 3 5"]);
  assert.equal(last.first_label, rows[0][0]);
  assert.ok(Math.abs(Number(last.probability) - rows[0][1]) < 1e-6);
  assert.deepEqual([last.possible_labels, last.coverage, last.sure], ["", "", ""]);
  for (const width of [1280, 390, 320]) {
    await page.setViewportSize({ width, height: 900 });
    await assertNoSidewaysScroll(page, `one person, ${width} px`);
    await assertAccessible(page, `one person, ${width} px`);
    await page.screenshot({ path: `${SCREENSHOTS}${width}-one-person.png`, fullPage: true });
  }
  await page.getByTestId("one-person").uncheck();
  assert.equal((await readCsv(page)).length, FILES.length);
});

test("of one person's photographs those that the guard refuses do not count", async () => {
  const page = await open(calibratedFiles(0));
  await chooseFiles(page, [FILES[0], FILES[4]]);
  await finish(page);
  await page.getByTestId("one-person").check();
  assert.match(await page.getByTestId("case-answer-none").textContent(), /No photograph counts/);
  assert.ok((await readCsv(page)).every(({ number }) => number !== "case"));
});

test("a batch that is opened before the model is there waits for it", async () => {
  opened = await openPage(session);
  const { page } = opened;
  await chooseFiles(page, FILES);
  await page.locator("[data-testid=batch-row][data-state=done]").nth(2).waitFor({ timeout: BATCH });
  await finish(page);
});

test("another kind of photograph asks the other networks for all of them", async () => {
  const page = await open(twoSetFiles());
  await chooseFiles(page, [FILES[0], FILES[4]]);
  await finish(page);
  assert.deepEqual((await readCsv(page)).map(({ set }) => set), ["focused", "focused"]);
  const close = (await readRows(page)).map(({ probability }) => probability);
  await page.getByTestId("kind-panoramic").check();
  await page.waitForFunction(
    (old) =>
      [...document.querySelectorAll("[data-testid=batch-first]")].filter((cell) => !old.includes(Number(cell.dataset.probability)))
        .length === 2,
    close,
  );
  await finish(page);
  assert.deepEqual((await readCsv(page)).map(({ set }) => set), ["panoramic", "panoramic"]);
});

test("of a calibrated bundle the table tells how many are not ruled out, and what the guard refuses", async () => {
  for (const [threshold, skin] of [[-1e12, "yes"], [0, "no"]]) {
    const page = await open(calibratedFiles(threshold));
    await chooseFiles(page, [FILES[0], FILES[4]]);
    await finish(page);
    const cell = (id) => page.getByTestId(id).first().textContent();
    assert.equal(await cell("batch-skin"), skin);
    const [row] = await readCsv(page);
    assert.equal(row.looks_like_skin, skin);
    if (skin === "yes") {
      assert.equal(await cell("batch-possible"), row.possible_count);
      assert.equal(row.possible_labels.split(" ").length, Number(row.possible_count));
      assert.equal(row.coverage, "0.8");
    } else {
      assert.match(await cell("batch-first"), /No answer/);
    }
    if (threshold !== 0) {
      await opened.context.close();
    }
  }
});

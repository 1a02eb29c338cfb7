// A model of the reader's own, from a folder or a zip file: it answers as by the command line, is named everywhere, is never
// sent, and what is wrong with one is said in a sentence.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";

import { allNetworks, openPage, openReadyPage, startBrowser } from "./helper/browser.mjs";
import { assertSameAnswer, predict } from "./helper/command_line.mjs";
import { SCREENSHOTS, assertAccessible, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { OWN_NAME, ownFiles, withFolder, zipped } from "./helper/own_bundle.mjs";
import { chooseFile, chooseFiles, closePhotograph, readAnswer, readError } from "./helper/photograph.mjs";
import { MANIFEST, SAMPLES, sampleBytes } from "./helper/setting.mjs";
import { zipOf } from "./helper/zip.mjs";

/** A drawing of the kind that the own model's only set is for. */
const DRAWING = SAMPLES.findIndex(({ set }) => set === MANIFEST.sets[0].name);
/** How long a model may take to load, in milliseconds. */
const LOAD = 120_000;

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

async function open(options) {
  opened = await openReadyPage(session, options);
  await opened.page.waitForTimeout(500);
  return opened.page;
}

async function chooseZip(page, bytes) {
  await page.getByTestId("own-model").evaluate((details) => (details.open = true));
  await page.getByTestId("own-zip").setInputFiles({ name: "model.zip", mimeType: "application/zip", buffer: bytes });
}

async function chooseFolder(page, folder) {
  await page.getByTestId("own-model").evaluate((details) => (details.open = true));
  await page.getByTestId("own-folder").setInputFiles(folder);
}

/** Waits until the model of this name answers. */
async function waitForModel(page, name) {
  const loaded = page.getByTestId("model-row").filter({ hasText: name });
  await Promise.race([
    loaded.waitFor({ timeout: LOAD }),
    readError(page).then(
      (words) => assert.fail(words),
      () => new Promise(() => {}),
    ),
  ]);
}

const inUse = (page) => page.getByTestId("own-in-use");

test("a folder answers as by the command line, is named everywhere, sends nothing, and there is a way back", async () => {
  const page = await open();
  const files = ownFiles();
  const before = session.observer.count();
  const predicted = await withFolder(files, async (folder) => {
    await chooseFolder(page, folder);
    await waitForModel(page, OWN_NAME);
    return predict(sampleBytes(DRAWING), { model: folder });
  });
  assert.match(await inUse(page).textContent(), new RegExp(`your model ${OWN_NAME}, not this page's`));
  await chooseFile(page, sampleBytes(DRAWING), "mine.jpg");
  assertSameAnswer(await readAnswer(page), predicted);
  assert.match(await page.getByTestId("model-row").textContent(), /^Your model, not this page's: A model of my own/);
  assert.match(await page.getByTestId("model-notice").textContent(), /Made for a test/);
  await page.getByTestId("open-card").click();
  assert.match(await page.getByTestId("model-card").textContent(), /Model card: A model of my own/);
  assert.equal(await page.getByTestId("failure-0").count(), 0, "mistakes of another model");

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("save-report").click()]);
  const report = JSON.parse(readFileSync(await download.path(), "utf8"));
  assert.deepEqual([report.model.name, report.model.own], [OWN_NAME, true]);
  const manifest = JSON.parse(files["manifest.json"]);
  const [set] = manifest.sets;
  assert.deepEqual(report.model.files, [...set.folds.flatMap((fold) => fold.shards), set.calibration.reference]);
  assert.match(await page.getByTestId("report").textContent(), /Your model, not this page's: A model of my own/);

  assert.equal(await page.getByTestId("own-back").count(), 0);
  assert.ok(await page.getByTestId("own-back-later").isVisible());
  assert.deepEqual(session.observer.since(before), [], "the model, or the photograph, made a request");
  await closePhotograph(page);
  await page.getByTestId("own-back").click();
  await waitForModel(page, MANIFEST.name);
  await allNetworks(page);
  assert.equal(await inUse(page).count(), 0);
  assert.doesNotMatch(await page.getByTestId("model-row").textContent(), /Your model/);
  await chooseFile(page, sampleBytes(DRAWING), "mine.jpg");
  assertSameAnswer(await readAnswer(page), predict(sampleBytes(DRAWING), { set: MANIFEST.sets[0].name }));
});

test("a zip file with a folder in it, dropped while a photograph is open, answers it anew without a request", async () => {
  const page = await open();
  const [first] = MANIFEST.sets;
  // One network instead of five gives another answer.
  const files = ownFiles((manifest) => {
    const [set] = manifest.sets;
    set.folds = set.folds.slice(0, 1);
    delete set.calibration;
    manifest.golden.logits[set.name] = manifest.golden.logits[set.name].slice(0, 1);
  });
  await chooseFile(page, sampleBytes(DRAWING), "mine.jpg");
  const old = await readAnswer(page);
  const before = session.observer.count();
  const transfer = await page.evaluateHandle((base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], "model.zip", { type: "application/zip" }));
    return transfer;
  }, zipped(files).toString("base64"));
  await page.getByTestId("drop-zone").dispatchEvent("drop", { dataTransfer: transfer });
  await waitForModel(page, OWN_NAME);
  const answer = await readAnswer(page);
  const predicted = await withFolder(files, async (folder) => predict(sampleBytes(DRAWING), { model: folder }));
  assertSameAnswer(answer, predicted);
  assert.equal(answer.set, first.name);
  assert.notDeepEqual(answer.probabilities, old.probabilities);
  assert.ok(await page.getByTestId("photo").isVisible());
  assert.deepEqual(session.observer.since(before), []);
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
});

test("a folder that is dropped is a model, and a batch is answered anew by it", async () => {
  const page = await open();
  await chooseFiles(page, [0, 1].map((number) => ({ name: `${number}.jpg`, bytes: sampleBytes(number) })));
  await page.locator("[data-testid=batch][data-running=false]").waitFor({ timeout: LOAD });
  const files = ownFiles();
  await withFolder(files, async (folder) => {
    const client = await opened.context.newCDPSession(page);
    const data = { items: [], files: [folder], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      await client.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
    }
    await waitForModel(page, OWN_NAME);
    await page.locator("[data-testid=batch-row][data-state=done]").nth(1).waitFor({ timeout: LOAD });
    const rows = page.getByTestId("batch-first");
    for (const number of [0, 1]) {
      const { probabilities } = predict(sampleBytes(number), { model: folder });
      const label = await rows.nth(number).getAttribute("data-label");
      const probability = Number(await rows.nth(number).getAttribute("data-probability"));
      assert.ok(Math.abs(probability - probabilities[label]) < 1e-3);
    }
  });
});

test("labels that the page does not know have the names of the bundle", async () => {
  const page = await open();
  const files = ownFiles((manifest) => {
    manifest.labels[0] = { ...manifest.labels[0], key: "XYZ", name: "A condition of mine", mim: [], genes: [] };
    delete manifest.sets[0].calibration;
    manifest.evaluation = {};
  });
  await chooseZip(page, zipped(files, ""));
  await waitForModel(page, OWN_NAME);
  await chooseFile(page, sampleBytes(DRAWING), "mine.jpg");
  assert.ok((await readAnswer(page)).ranking.includes("XYZ"));
  assert.equal((await page.getByTestId("about-XYZ").textContent()).trim(), "A condition of mine");
});

const without = (name) => Object.fromEntries(Object.entries(ownFiles()).filter(([file]) => file !== name));
const SHARD = MANIFEST.sets[0].folds[1].shards[0].file;

/** What cannot be used, found before anything is loaded: the page goes on with its own model. */
const REFUSED = [
  ["without a manifest", () => zipped(without("manifest.json"), ""), /no manifest\.json/],
  ["with a file missing", () => zipped(without(SHARD)), /1 of the \d+ files that manifest\.json names is missing/],
  ["of another format version", () => zipped(ownFiles((manifest) => (manifest.format_version = 7))), /format version 7; this page reads version 1/],
  ["whose manifest is none", () => zipped({ ...ownFiles(), "manifest.json": Buffer.from("[1, 2]") }), /does not describe a model/],
  ["that is no zip file", () => Buffer.from("PK is how this begins".repeat(99)), /no zip file/],
  ["that is cut off", () => zipped(ownFiles()).subarray(0, 3_000_000), /no zip file/],
  ["with two models", () => zipOf(["a/", "b/"].map((top) => ({ name: `${top}manifest.json`, bytes: Buffer.from("{}") }))), /several models/],
  ["that says it is too large", () => zipped(ownFiles((manifest) => (manifest.sets[0].folds[0].shards[0].bytes = 700_000_000))), /more than the 600\.0 MB/],
  ["whose manifest unpacks to far more than it may", () => zipOf([{ name: "manifest.json", bytes: Buffer.alloc(300 << 20), claims: 1000 }]), /does not describe a model|could not be read/],
];

test("what is no model is refused with the reason, and the page goes on with its own", async () => {
  const page = await open();
  const before = session.observer.count();
  for (const [what, bytes, words] of REFUSED) {
    await chooseZip(page, bytes());
    assert.match(await readError(page), words, what);
    await page.getByTestId("own-reading").waitFor({ state: "detached" });
    assert.equal(await inUse(page).count(), 0, what);
    await page.getByTestId("dismiss-error").click();
  }
  await withFolder({ "a.txt": Buffer.from("a") }, async (folder) => {
    await chooseFolder(page, folder);
    assert.match(await readError(page), /no manifest\.json/);
    await page.getByTestId("dismiss-error").click();
  });
  assert.deepEqual(session.observer.since(before), []);
  await chooseFile(page, sampleBytes(DRAWING), "mine.jpg");
  assertSameAnswer(await readAnswer(page), predict(sampleBytes(DRAWING), { set: MANIFEST.sets[0].name }));
});

/** What only the engine finds out: the reader's model stays chosen and does not run, until the reader goes back. */
const BROKEN = [
  ["with a damaged file", (files) => (files[SHARD][5000] ^= 1), /not what its manifest\.json describes/],
  ["with a file that unpacks to more than it may", (files) => (files[SHARD] = Buffer.alloc(200 << 20)), /not what its manifest\.json describes/],
  [
    "of an architecture that is unknown",
    (files) => (files["manifest.json"] = ownFiles((manifest) => (manifest.architecture = "other"))["manifest.json"]),
    /cannot be used by this page/,
  ],
];

test("a damaged model is not used, and there is a way back", async () => {
  const page = await open();
  for (const [what, damage, words] of BROKEN) {
    const files = ownFiles();
    damage(files);
    await chooseZip(page, zipped(files));
    assert.match(await readError(page), words, what);
    assert.equal(await page.getByTestId("engine-status").getAttribute("data-state"), "failed");
    await page.getByTestId("own-back").click();
    await waitForModel(page, MANIFEST.name);
  }
});

test("an own model that is chosen before anything is loaded fetches no other", async () => {
  const before = session.observer.count();
  opened = await openPage(session, {});
  const { page } = opened;
  await page.locator("[data-testid=engine-status][data-state=idle]").waitFor();
  await chooseZip(page, zipped(ownFiles()));
  await waitForModel(page, OWN_NAME);
  await page.waitForTimeout(1_000);
  assert.deepEqual(session.observer.since(before).filter(({ url }) => url.endsWith(".safetensors")), []);
});

for (const [width, locale] of [[1280, "en-US"], [390, "en-US"], [320, "de-DE"]]) {
  test(`${width} px: nothing is cut off and everything has a name`, async () => {
    const page = await open({ viewport: { width, height: 900 }, locale });
    const files = ownFiles((manifest) => (manifest.name = "a-model-with-a-rather-long-name-as-programs-like-to-give-them"));
    await chooseZip(page, zipped(files));
    await page.getByTestId("own-in-use").waitFor();
    await waitForModel(page, "a-model-with");
    await assertNoSidewaysScroll(page, "with an own model");
    await assertAccessible(page, "with an own model");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-own-model.png`, fullPage: true });
    if (locale === "de-DE") {
      assert.match(await inUse(page).textContent(), /Ihr Modell a-model-with/);
    }
  });
}

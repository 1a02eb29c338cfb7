// Saved cases: nothing is stored unless the reader asks; what is stored holds pixels and no metadata, gives the same answer
// again, and is deleted one by one or all at once.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { openPage, openReadyPage, loadModel, startBrowser } from "./helper/browser.mjs";
import { saveCase, storedCases } from "./helper/cases.mjs";
import { explain, overlayStrength, setFewestSteps } from "./helper/explanation.mjs";
import { focusOn } from "./helper/focus.mjs";
import { pngChunks, withDescription, withOrientation } from "./helper/images.mjs";
import { SCREENSHOTS, assertAccessible, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { chooseFile, closePhotograph, readAnswer, readError } from "./helper/photograph.mjs";
import { oneSetManifest } from "./helper/sets.mjs";
import { MANIFEST, PAGE, sampleBytes } from "./helper/setting.mjs";

/** Words in the photograph's own metadata, and its name. */
const SECRET = "Camera of Mrs Example";
const NAME = "Mrs-Example-born-1970.jpg";
const NOTE = "Two spots on the left arm.";

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

/** A page with an answered photograph that is turned and described by its EXIF block. */
async function openAnswered(options) {
  opened = await openReadyPage(session, options);
  const { page } = opened;
  await page.waitForTimeout(500);
  const photograph = withDescription(withOrientation(sampleBytes(0), 6), SECRET);
  await chooseFile(page, photograph, NAME);
  return { page, answer: await readAnswer(page) };
}

const databases = (page) => page.evaluate(async () => (await indexedDB.databases()).length);

function assertSameProbabilities(one, other) {
  assert.equal(one.set, other.set);
  for (const [label, probability] of Object.entries(one.probabilities)) {
    assert.ok(Math.abs(probability - other.probabilities[label]) < 1e-6, label);
  }
}

async function reopen(page) {
  await page.reload();
  await loadModel(page, "cpu");
  await page.waitForTimeout(500);
}

test("nothing is stored before the reader asks; then pixels, answer, map and note are, and nothing of the file", async () => {
  const { page, answer } = await openAnswered();
  await setFewestSteps(page);
  await explain(page, answer.ranking[0]);
  const strength = await overlayStrength(page);
  await page.getByTestId("note").fill(NOTE);
  assert.equal(await databases(page), 0);
  assert.equal(await page.getByTestId("cases").count(), 0);

  const quiet = session.observer.count();
  await saveCase(page);
  assert.match(await page.getByTestId("announcement").textContent(), /Saved on this device: \d{4}-\d\d-\d\d, /);
  await page.getByTestId("case").waitFor();
  const [stored, ...others] = await storedCases(page);
  assert.deepEqual(others, []);
  for (const bytes of [Buffer.from(stored.case), stored.photo, stored.preview]) {
    for (const secret of [SECRET, NAME, "Mrs-Example", "Exif", "blob:"]) {
      assert.ok(!bytes.includes(secret), `${secret} is stored`);
    }
  }
  assert.deepEqual([...new Set(pngChunks(stored.photo))], ["IHDR", "IDAT", "IEND"]);
  const kept = JSON.parse(stored.case);
  assert.equal(kept.note, NOTE);
  assert.equal(kept.model.name, MANIFEST.name);
  assert.equal(kept.map.settings.target, answer.ranking[0]);
  assert.equal(kept.photo.width, stored.photo.readUInt32BE(16));
  assert.deepEqual(kept.answer.ranking.map(({ key }) => key), answer.ranking);
  assert.equal(stored.heat.length, kept.map.width * kept.map.height * 4);
  assert.ok(stored.bytes >= stored.photo.length + stored.heat.length);
  assert.deepEqual(session.observer.since(quiet), [], "saving made a request");

  await reopen(page);
  const row = page.getByTestId("case");
  assert.ok(!(await row.textContent()).includes("Mrs-Example"));
  await page.waitForFunction(() => document.querySelector("[data-testid=case] img").naturalWidth > 0);
  const before = session.observer.count();
  await page.getByTestId("open-case").click();
  const again = await readAnswer(page);
  assertSameProbabilities(again, answer);
  assert.equal(await page.getByTestId("kept-verdict").getAttribute("data-same"), "true");
  assert.equal(await page.getByTestId("kept-model").getAttribute("data-same"), "true");
  assert.equal(await page.getByTestId("note").textContent(), NOTE);
  await page.locator(`[data-testid=explanation][data-label="${answer.ranking[0]}"]`).waitFor();
  assert.deepEqual(await overlayStrength(page), strength);
  assert.equal(await page.getByTestId("kept-map").count(), 0);
  assert.deepEqual(session.observer.since(before), [], "opening made a request");
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
});

test("another model answers afresh, and the kept answer is shown as that of the other", async () => {
  const { page, answer } = await openAnswered();
  await setFewestSteps(page);
  await explain(page, answer.ranking[0]);
  await saveCase(page);
  const manifest = oneSetManifest();
  const [set] = manifest.sets;
  set.folds = set.folds.slice(0, 1);
  manifest.golden.logits[set.name] = manifest.golden.logits[set.name].slice(0, 1);
  manifest.name = "Another model";
  session.observer.replace({ "manifest.json": Buffer.from(JSON.stringify(manifest)) });
  await reopen(page);
  await page.getByTestId("open-case").click();
  const now = await readAnswer(page);
  assert.equal(await page.getByTestId("kept-verdict").getAttribute("data-same"), "false");
  const model = page.getByTestId("kept-model");
  assert.equal(await model.getAttribute("data-same"), "false");
  const words = await model.textContent();
  const fingerprint = await model.getAttribute("data-fingerprint");
  for (const part of [MANIFEST.name, "Another model", fingerprint.slice(0, 12)]) {
    assert.ok(words.includes(part), `${part} is not said: ${words}`);
  }
  const kept = await page
    .getByTestId("kept-label")
    .evaluateAll((rows) => rows.map(({ dataset }) => [dataset.label, Number(dataset.probability)]));
  assert.deepEqual(kept.map(([label]) => label), answer.ranking.slice(0, 3));
  for (const [label, probability] of kept) {
    assert.ok(Math.abs(probability - answer.probabilities[label]) < 1e-6);
  }
  assert.notEqual(now.probabilities[answer.ranking[0]], answer.probabilities[answer.ranking[0]]);
  assert.ok(await page.getByTestId("kept-map").isVisible());
  assert.equal(await page.getByTestId("overlay-canvas").count(), 0);
  await assertAccessible(page, "with a kept answer");
  // Closing forgets it.
  await closePhotograph(page);
  assert.equal(await page.getByTestId("kept-answer").count(), 0);
});

test("a saved case is changed in its place, under a name of the reader's", async () => {
  const { page } = await openAnswered();
  const field = page.getByTestId("case-name-field");
  assert.match(await field.textContent(), /^\d{4}-\d\d-\d\d, /);
  await field.fill("My own name");
  await field.press("Enter");
  assert.equal(await field.textContent(), "My own name");
  await saveCase(page);
  assert.match(await page.getByTestId("save-case").textContent(), /changes/);
  await page.getByTestId("note").fill(NOTE);
  await saveCase(page);
  const noted = async () => (await storedCases(page)).map((stored) => JSON.parse(stored.case).note).join();
  for (let waited = 0; waited < 50 && (await noted()) !== NOTE; waited += 1) {
    await page.waitForTimeout(100);
  }
  assert.equal(await noted(), NOTE);
  assert.equal(await page.getByTestId("case-name").textContent(), "My own name");
  // Another photograph is another case.
  await closePhotograph(page);
  await chooseFile(page, sampleBytes(1), NAME);
  await readAnswer(page);
  assert.match(await field.textContent(), /^\d{4}-/);
  await saveCase(page);
  await page.getByTestId("case").nth(1).waitFor();
  assert.equal((await storedCases(page)).length, 2);
});

test("cases are deleted one by one and all at once, after a question, by keyboard, in all windows", async () => {
  const { page } = await openAnswered();
  await saveCase(page);
  for (const number of [1, 2]) {
    await closePhotograph(page);
    await chooseFile(page, sampleBytes(number), NAME);
    await readAnswer(page);
    await saveCase(page);
  }
  const rows = page.getByTestId("case");
  await rows.nth(2).waitFor();
  const other = await opened.context.newPage();
  await other.goto(PAGE);
  await other.getByTestId("case").nth(2).waitFor();

  await page.getByTestId("delete-case").first().focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("delete-case-no").waitFor();
  await focusOn(page, "[data-testid=delete-case-no]");
  await assertAccessible(page, "with a question");
  await page.keyboard.press("Escape");
  await focusOn(page, "[data-testid=delete-case]");
  assert.equal(await rows.count(), 3);
  await page.getByTestId("delete-case").first().click();
  await page.getByTestId("delete-case-yes").click();
  await rows.nth(2).waitFor({ state: "detached" });
  await other.getByTestId("case").nth(2).waitFor({ state: "detached" });
  assert.equal((await storedCases(page)).length, 2);
  await focusOn(page, "#cases");
  // The newest, which was open, is the one that is gone: it can be saved anew.
  assert.equal(await page.getByTestId("save-case").getAttribute("data-saved"), "false");

  await page.getByTestId("privacy").locator("summary").click();
  const told = page.getByTestId("kept-cases");
  assert.equal(await told.getAttribute("data-count"), "2");
  assert.match(await told.textContent(), /2 saved cases, [\d.]+ [kM]B/);
  await page.getByTestId("clear-cases").click();
  await page.getByTestId("clear-cases-yes").click();
  await page.getByTestId("cases").waitFor({ state: "detached" });
  await other.getByTestId("cases").waitFor({ state: "detached" });
  assert.deepEqual(await storedCases(page), []);
  assert.equal(await told.getAttribute("data-count"), "0");
});

/** What the page says when a case cannot be saved; nothing may be half-written. */
async function refusal(page) {
  await page.getByTestId("save-case").click();
  const words = await readError(page);
  await page.waitForFunction(() => document.querySelector("[data-testid=save-case]").getAttribute("aria-disabled") === "false");
  assert.equal(await page.getByTestId("save-case").getAttribute("data-saved"), "false");
  return words;
}

test("a full device is told, and nothing is half-written", async () => {
  const { page } = await openAnswered();
  // What a browser does when the second half of a case finds no room.
  await page.evaluate(() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (...values) {
      if (this.name === "contents") {
        throw new DOMException("no room", "QuotaExceededError");
      }
      return put.apply(this, values);
    };
  });
  assert.match(await refusal(page), /no room/);
  assert.deepEqual(await storedCases(page), []);
});

test("a browser's own limit is told", async () => {
  const { page } = await openAnswered();
  const client = await opened.context.newCDPSession(page);
  await client.send("Storage.overrideQuotaForOrigin", { origin: new URL(PAGE).origin, quotaSize: 1 });
  assert.match(await refusal(page), /no room/);
  await client.send("Storage.overrideQuotaForOrigin", { origin: new URL(PAGE).origin });
  assert.deepEqual(await storedCases(page), []);
});

test("a browser that stores nothing is told", async () => {
  const { page } = await openAnswered();
  await page.evaluate(() => Object.defineProperty(globalThis, "indexedDB", { value: null }));
  assert.match(await refusal(page), /does not let the page save/);
});

test("the cases of a newer version of the page are left alone", async () => {
  const { page } = await openAnswered();
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open("genoderm", 2);
        request.onupgradeneeded = () => request.result.createObjectStore("new").put("a case", 1);
        request.onsuccess = () => resolve(request.result.close());
      }),
  );
  assert.match(await refusal(page), /newer version/);
  await page.reload();
  await page.getByTestId("engine-status").waitFor();
  const kept = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open("genoderm");
        request.onsuccess = () => {
          const { result } = request;
          const read = result.transaction("new").objectStore("new").get(1);
          read.onsuccess = () => resolve([result.version, read.result]);
        };
      }),
  );
  assert.deepEqual(kept, [2, "a case"]);
});

test("another window that is in the way is told", async () => {
  const { page } = await openAnswered();
  const other = await opened.context.newPage();
  await other.goto(PAGE);
  await other.evaluate(
    () =>
      new Promise((resolve) => {
        const request = indexedDB.open("genoderm", 1);
        request.onsuccess = () => {
          // Does not let go, and wants the database deleted: whoever comes next waits.
          globalThis.held = request.result;
          indexedDB.deleteDatabase("genoderm").onblocked = resolve;
        };
      }),
  );
  assert.match(await refusal(page), /Another window/);
  await other.close();
  await page.getByTestId("dismiss-error").click();
  await saveCase(page);
  assert.equal((await storedCases(page)).length, 1);
});

test("saved cases speak the reader's language", async () => {
  const { page } = await openAnswered({ locale: "de-DE" });
  assert.match(await page.getByTestId("save-case-part").textContent(), /Rechner, den Sie mit anderen teilen/);
  await saveCase(page);
  assert.match(await page.getByTestId("cases").textContent(), /Gespeicherte Fälle/);
});

for (const width of [1280, 390, 320]) {
  test(`${width} px: nothing is cut off and everything has a name, in the list and beside an answer`, async () => {
    const { page, answer } = await openAnswered({ viewport: { width, height: 900 } });
    await setFewestSteps(page);
    await explain(page, answer.ranking[0]);
    await saveCase(page);
    await closePhotograph(page);
    await chooseFile(page, sampleBytes(1), NAME);
    await readAnswer(page);
    await page.getByTestId("case-name-field").fill("A rather long name of a case, as readers like to give them to find it again");
    await saveCase(page);
    await page.getByTestId("case").nth(1).waitFor();
    await page.getByTestId("delete-case").first().click();
    await page.getByTestId("open-case").nth(1).click();
    await page.getByTestId("kept-verdict").waitFor();
    await page.getByTestId("privacy").locator("summary").click();
    await page.getByTestId("kept-cases").waitFor();
    await assertNoSidewaysScroll(page, "with saved cases");
    await assertAccessible(page, "with saved cases");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-cases.png`, fullPage: true });
  });
}

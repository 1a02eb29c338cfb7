// The first network answers before the others are there; they join while no photograph is open, or from what is kept on
// the device; an answer is preliminary until its set is complete, and then the command line's.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { allNetworks, loadModel, openPage, openReadyPage, startBrowser } from "./helper/browser.mjs";
import { TOLERANCE, assertSameAnswer, predict } from "./helper/command_line.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { SCREENSHOTS, assertAccessible, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { waitForOffline } from "./helper/offline.mjs";
import { chooseFile, chooseFiles, closePhotograph, readAnswer, readError } from "./helper/photograph.mjs";
import { MANIFEST, sampleBytes } from "./helper/setting.mjs";
import { startHost } from "./helper/static_host.mjs";

const [FOCUSED, PANORAMIC] = ["focused", "panoramic"];
/** How long all networks of a set may take, in milliseconds. */
const WHOLE = 120_000;
const networksOf = (name) => MANIFEST.sets.find((set) => set.name === name).folds.length;
const ALL = MANIFEST.sets.reduce((sum, { folds }) => sum + folds.length, 0);

let session;
let opened;

before(async () => {
  session = await startBrowser();
});
after(() => session?.close());
afterEach(async () => {
  session.observer.spoil(null);
  await opened?.context.close();
});

const present = (page) => page.getByTestId("networks").getAttribute("data-present").then(Number);
const requestCount = (page) => page.getByTestId("request-count").getAttribute("data-count");
const joining = (page, state) => page.locator(`[data-testid=networks][data-joining=${state}]`).waitFor({ timeout: WHOLE });
const complete = (page) => page.getByTestId("preliminary").waitFor({ state: "detached", timeout: WHOLE });

/** A page with the first network, whose others do not come. */
async function openWithFirst(options = {}) {
  session.observer.spoil(/(focused-[1-9]|panoramic-\d)\.safetensors/, "hold");
  opened = await openReadyPage(session, { whole: false, ...options });
  return opened.page;
}

for (const width of [1280, 390, 320]) {
  test(`${width} px: one network answers, and says that this is preliminary; nothing is requested until the reader asks`, async () => {
    const page = await openWithFirst({ viewport: { width, height: 900 } });
    assert.equal(await present(page), 1);
    assert.equal(Number(await page.getByTestId("networks").getAttribute("data-total")), ALL);
    await assertNoSidewaysScroll(page, "while networks join");
    await assertAccessible(page, "while networks join");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-joining.png`, fullPage: true });

    await chooseFile(page, sampleBytes(0), "private.jpg");
    const first = await readAnswer(page);
    await joining(page, "held");
    const note = page.getByTestId("preliminary");
    assert.equal(await note.getAttribute("data-present"), "1");
    assert.equal(Number(await note.getAttribute("data-networks")), networksOf(FOCUSED));
    assert.equal(await page.getByTestId("prediction-set").count(), 0, "a list that is not calibrated");
    assert.equal(await page.getByTestId("guard-note").count(), 0);
    assert.match(await page.getByTestId("announcement").textContent(), /preliminary/i);
    await assertNoSidewaysScroll(page, "with a preliminary answer");
    await assertAccessible(page, "with a preliminary answer");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-preliminary.png`, fullPage: true });

    // Everything could be had again, and is not asked for.
    session.observer.spoil(null);
    const before = session.observer.count();
    await setFewestSteps(page);
    await explain(page, first.ranking[0]);
    await page.waitForTimeout(1_500);
    assert.deepEqual(session.observer.since(before), []);
    assert.equal(await requestCount(page), "0");

    await page.getByTestId("complete-answer").press("Enter");
    await complete(page);
    const answer = await readAnswer(page);
    assertSameAnswer(answer, predict(sampleBytes(0), { set: FOCUSED }));
    assert.equal(await page.getByTestId("prediction-set").count(), 1);
    assert.equal(await page.getByTestId("fold-row").count(), networksOf(FOCUSED));
    assert.equal(await requestCount(page), "0", "a request while the engine had the photograph");
    assert.deepEqual(opened.problems, []);
  });
}

test("a photograph interrupts joining, which goes on when it is closed", async () => {
  const page = await openWithFirst();
  await chooseFile(page, sampleBytes(0), "private.jpg");
  await readAnswer(page);
  await joining(page, "held");
  session.observer.spoil(null);
  await closePhotograph(page);
  await allNetworks(page);
  const { networks } = await page.getByTestId("golden-check").evaluate((row) => ({ networks: row.textContent }));
  assert.match(networks, new RegExp(`\\b${ALL}\\b`), "not every network was checked on this device");
  await chooseFile(page, sampleBytes(0), "private.jpg");
  assertSameAnswer(await readAnswer(page), predict(sampleBytes(0), { set: FOCUSED }));
  assert.equal(await page.getByTestId("preliminary").count(), 0);
});

test("what is kept on this device joins beside an open photograph, and the answer is renewed without a request", async () => {
  const host = await startHost();
  try {
    opened = await openReadyPage(session, { host });
    const { page } = opened;
    await waitForOffline(page, "complete");
    await page.waitForTimeout(4_000); // The browser itself looks for a new version.
    // With a clock that runs fast the page does not wait for networks that are near, but answers with those that are there.
    await page.addInitScript(() => {
      const now = performance.now.bind(performance);
      performance.now = () => 100 * now();
    });
    await page.reload();
    await loadModel(page, "cpu", { whole: false });
    await chooseFile(page, sampleBytes(0), "private.jpg");
    await page.getByTestId("preliminary").waitFor({ timeout: WHOLE });
    const counted = host.requests.length;
    await allNetworks(page);
    await complete(page);
    assertSameAnswer(await readAnswer(page), predict(sampleBytes(0), { set: FOCUSED }));
    assert.equal(await requestCount(page), "0");
    const asked = host.requests.slice(counted).filter(({ path }) => path !== "sw.js");
    assert.deepEqual(asked, []);
    assert.deepEqual(opened.problems, []);
  } finally {
    await opened.context.close();
    await host.close();
  }
});

test("a photograph that is opened at once waits a moment for networks that are near", async () => {
  opened = await openPage(session);
  const { page } = opened;
  await chooseFile(page, sampleBytes(0), "private.jpg");
  const answer = await readAnswer(page);
  // On a slow machine they are not near: then the answer says what it is.
  if ((await page.getByTestId("preliminary").count()) === 0) {
    assertSameAnswer(answer, predict(sampleBytes(0), { set: FOCUSED }));
  }
  assert.equal(await requestCount(page), "0");
});

test("a damaged network is refused in one sentence, and the preliminary answer stays", async () => {
  const page = await openWithFirst();
  await chooseFile(page, sampleBytes(0), "private.jpg");
  await readAnswer(page);
  await joining(page, "held");
  session.observer.spoil(/focused-3\.safetensors/, "damage");
  await page.getByTestId("complete-answer").click();
  const sentence = await readError(page);
  assert.match(sentence, /not what was published/);
  assert.equal(sentence.match(/[.!?](\s|$)/g).length, 1, sentence);
  await page.locator("[data-testid=preliminary][data-present='3']").waitFor({ timeout: WHOLE });
  await joining(page, "failed");
  assert.equal(await present(page), 3);
  assert.equal(await requestCount(page), "0");

  session.observer.spoil(null);
  await page.getByTestId("complete-answer").click();
  await complete(page);
  assertSameAnswer(await readAnswer(page), predict(sampleBytes(0), { set: FOCUSED }));
});

test("stopped and taken up again, and after a reload, no network is downloaded twice", async () => {
  const host = await startHost();
  const shards = (since) =>
    host.requests.slice(since).flatMap(({ method, path }) => (method === "GET" && /\d\.safetensors$/.test(path) ? [path] : []));
  try {
    opened = await openPage(session, { host });
    const { page } = opened;
    await waitForOffline(page, "page");
    host.hold(/focused-2\.safetensors$/);
    await loadModel(page, "cpu", { whole: false });
    await page.locator("[data-testid=networks][data-present='2']").waitFor({ timeout: WHOLE });
    await page.getByTestId("stop-joining").click();
    await joining(page, "stopped");
    await page.waitForTimeout(500);
    assert.deepEqual([...new Set(shards(0))].filter((path) => !path.endsWith("focused-2.safetensors")).length, 2);

    host.release();
    let before = host.requests.length;
    await page.reload();
    await loadModel(page, "cpu", { whole: false });
    await page.locator("[data-testid=networks][data-present='4']").waitFor({ timeout: WHOLE });
    await page.getByTestId("stop-joining").click();
    await joining(page, "stopped");
    assert.ok(!shards(before).some((path) => /focused-[01]\./.test(path)), shards(before).join());
    await page.getByTestId("load-rest").click();
    await allNetworks(page);
    // The one that was on its way when the reader stopped comes again, and no other.
    const files = new Set(shards(before));
    assert.ok(shards(before).length - files.size <= 1, shards(before).join());
    assert.equal(files.size, ALL - 2);

    before = host.requests.length;
    await waitForOffline(page, "complete");
    await page.reload();
    await loadModel(page, "cpu");
    assert.deepEqual(shards(before), []);
  } finally {
    await opened.context.close();
    await host.close();
  }
});

test("another kind of photograph, whose networks are not there, is not fetched unasked", async () => {
  session.observer.spoil(/panoramic-\d\.safetensors/, "hold");
  opened = await openReadyPage(session, { whole: false });
  const { page } = opened;
  await page.locator(`[data-testid=networks][data-present='${networksOf(FOCUSED)}']`).waitFor({ timeout: WHOLE });
  await chooseFile(page, sampleBytes(0), "private.jpg");
  await readAnswer(page);
  await joining(page, "held");
  session.observer.spoil(null);
  const before = session.observer.count();
  await page.getByTestId("kind-panoramic").check();
  await page.getByTestId("missing-set").waitFor();
  await assertAccessible(page, "with a set that is missing");
  await page.screenshot({ path: `${SCREENSHOTS}1280-missing-set.png`, fullPage: true });
  await page.waitForTimeout(1_000);
  assert.deepEqual(session.observer.since(before), []);
  await page.getByTestId("complete-answer").click();
  const answer = await readAnswer(page);
  assert.equal(answer.set, PANORAMIC);
  assertSameAnswer(answer, predict(sampleBytes(0), { set: PANORAMIC }));
  assert.equal(await requestCount(page), "0");
});

test("of both sets one is absent or lacks networks: the answers say so, and all come when the reader asks", async () => {
  session.observer.spoil(/panoramic-\d\.safetensors/, "hold");
  opened = await openReadyPage(session, { whole: false });
  const { page } = opened;
  await page.locator(`[data-testid=networks][data-present='${networksOf(FOCUSED)}']`).waitFor({ timeout: WHOLE });
  await chooseFile(page, sampleBytes(0), "private.jpg");
  await readAnswer(page);
  await page.getByTestId("kind-both").check();
  await page.getByTestId("missing-set").waitFor();
  assert.equal(await page.getByTestId("answer").count(), 1);
  await assertAccessible(page, "with one of two sets");
  await page.screenshot({ path: `${SCREENSHOTS}1280-one-of-both.png`, fullPage: true });

  // The first set's networks come but for the last: it answers, and so lacks one although the second is complete.
  session.observer.spoil(new RegExp(`panoramic-${networksOf(PANORAMIC) - 1}\\.safetensors`), "refuse");
  await page.getByTestId("complete-answer").click();
  await joining(page, "failed");
  const answers = page.getByTestId("answer");
  await page.waitForFunction(() => document.querySelectorAll("[data-testid=answer]").length === 2, null, { timeout: WHOLE });
  assert.equal(await page.getByTestId("missing-set").count(), 0);
  assert.equal(await page.getByTestId("preliminary").count(), 1);
  assert.equal(await page.getByTestId("complete-answer").count(), 1);

  session.observer.spoil(null);
  await page.getByTestId("complete-answer").click();
  await page.waitForFunction(
    (count) => document.querySelectorAll("[data-testid=fold-row]").length === count,
    ALL,
    { timeout: WHOLE },
  );
  await complete(page);
  for (const set of [FOCUSED, PANORAMIC]) {
    assertSameAnswer(await readAnswer(answers.and(page.locator(`[data-set=${set}]`))), predict(sampleBytes(0), { set }));
  }
  assert.equal(await requestCount(page), "0");
  assert.deepEqual(opened.problems, []);
});

test("a batch waits for all networks of its set", async () => {
  const page = await openWithFirst();
  const files = [0, 1].map((number) => ({ name: `${number}.jpg`, bytes: sampleBytes(number) }));
  await chooseFiles(page, files);
  await page.waitForTimeout(1_500);
  assert.equal(await page.locator("[data-testid=batch-row][data-state=waiting]").count(), 2);
  session.observer.spoil(null);
  // The one that never came is given up, and asked for again.
  await page.getByTestId("stop-joining").click();
  await page.getByTestId("missing-set").getByTestId("complete-answer").click();
  await page.locator("[data-testid=batch][data-running=false]").waitFor({ timeout: WHOLE });
  const rows = page.locator("[data-testid=batch-row][data-state=done]");
  assert.equal(await rows.count(), 2);
  const { probabilities } = predict(sampleBytes(0), { set: FOCUSED });
  const first = page.getByTestId("batch-first").first();
  const label = await first.getAttribute("data-label");
  const probability = Number(await first.getAttribute("data-probability"));
  assert.ok(Math.abs(probability - probabilities[label]) <= TOLERANCE, `${label}: ${probability}`);
  assert.equal(await requestCount(page), "0");
});

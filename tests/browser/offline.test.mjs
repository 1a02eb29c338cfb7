// Without a network: what was loaded once goes on working, nothing large is fetched unasked, and new versions wait for
// the reader. All under a path of its own, on a host that can be stopped.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, afterEach, before, beforeEach, test } from "node:test";

import axe from "axe-core";

import { allNetworks, loadModel, openPage, openReadyPage, startBrowser } from "./helper/browser.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { damageKept, keptChecksums, waitForOffline } from "./helper/offline.mjs";
import { chooseFile, closePhotograph, readAnswer } from "./helper/photograph.mjs";
import { CPU_PROGRAM, DIST, PLAIN_CPU_PROGRAM, sampleBytes } from "./helper/setting.mjs";
import { releaseOf, startHost } from "./helper/static_host.mjs";

const SCREENSHOTS = new URL("screenshots/", import.meta.url).pathname;
const RELEASE = releaseOf(DIST);
const entry = (path) => RELEASE.files.find((file) => file.path === path);
const checksums = (files) => files.map(({ sha256 }) => sha256).sort();
const inParts = (...parts) => RELEASE.files.filter(({ part }) => parts.includes(part));
/** What a page with a loaded model needs. */
const LOADED = ["shell", "model", "samples", CPU_PROGRAM];

let session;
let host;
let opened;

before(async () => {
  session = await startBrowser();
  mkdirSync(SCREENSHOTS, { recursive: true });
});
after(() => session?.close());
beforeEach(async () => {
  host = await startHost();
});
afterEach(async () => {
  await opened?.context.close();
  await host.close();
  assert.deepEqual(host.strays, [], "asked for outside the page's own path");
});

/** A page whose model was loaded, and all of it kept. */
async function openKeptPage() {
  opened = await openReadyPage(session, { host });
  await waitForOffline(opened.page, "complete");
  return opened.page;
}

/** The files asked for, but for the service worker, which the browser itself compares after each visit. */
const gets = (since = 0) =>
  host.requests
    .slice(since)
    .filter(({ method, path }) => method === "GET" && path !== "sw.js")
    .map(({ path }) => path)
    .sort();
/** A style sheet that can be told from the page's own. */
const changedStyles = () => Buffer.concat([host.read("styles.css"), Buffer.from(":root { --made-up: 1 }\n")]);
const hasChangedStyles = () => getComputedStyle(document.documentElement).getPropertyValue("--made-up") !== "";

async function classifiesAndExplains(page) {
  await loadModel(page, "cpu");
  await page.getByTestId("sample-0").click();
  const answer = await readAnswer(page);
  await setFewestSteps(page);
  await explain(page, answer.ranking[0]);
  return answer;
}

test("loaded once, the page opens, classifies and explains without a network", async () => {
  const page = await openKeptPage();
  await page.getByTestId("sample-0").click();
  const before = await readAnswer(page);
  await host.stop();
  await page.reload();
  assert.deepEqual(await classifiesAndExplains(page), before);
  assert.ok(await page.evaluate(() => crossOriginIsolated), "the kept page has lost the host's headers");
  assert.deepEqual(opened.problems, []);
  await host.start();
});

test("nor is anything lost where a photograph was opened before all else", async () => {
  opened = await openPage(session, { host });
  const { page } = opened;
  await page.getByTestId("sample-0").click();
  await readAnswer(page);
  await closePhotograph(page);
  await allNetworks(page);
  await host.stop();
  await page.reload();
  await loadModel(page, "cpu");
  await chooseFile(page, sampleBytes(0), "sample.jpg");
  await readAnswer(page);
  await host.start();
});

test("the page alone is kept at first: no engine and no model is fetched before it is asked for", async () => {
  opened = await openPage(session, { host });
  const { page } = opened;
  await waitForOffline(page, "page");
  await page.waitForTimeout(2_000);
  const large = gets().filter((path) => /^engine-|safetensors$/.test(path));
  assert.deepEqual(large, []);
  const kept = await keptChecksums(page);
  const shell = checksums(inParts("shell"));
  assert.deepEqual(shell.filter((sha256) => !kept.includes(sha256)), []);

  await host.stop();
  await page.reload();
  await page.getByTestId("load-model").waitFor();
  await page.waitForFunction(() => Number(document.querySelector("[data-testid=model-size]")?.dataset.bytes) > 0);
  await host.start();
});

test("a cancelled download is not gone on with behind the reader's back", async () => {
  opened = await openPage(session, { host });
  const { page } = opened;
  await waitForOffline(page, "page");
  const cut = host.hold(/safetensors$/);
  await page.getByTestId("load-model").click();
  await page.waitForFunction(() => document.querySelector("[data-testid=load-progress]")?.value > 0);
  const asked = host.requests.length;
  await page.getByTestId("cancel-load").click();
  const stopped = await Promise.race([cut.then(() => true), page.waitForTimeout(20_000).then(() => false)]);
  assert.ok(stopped, "the rest is still being downloaded");
  await page.waitForTimeout(1_000);
  assert.deepEqual(gets(asked), []);
});

test("all there is can be kept, and takes no more than was missing", async () => {
  const page = await openKeptPage();
  const before = host.requests.length;
  await page.getByTestId("keep-everything").click();
  await page.waitForFunction(() => document.querySelector("[data-testid=keep-everything]") === null);
  await waitForOffline(page, "complete");
  // Of the two builds for the processor one is of no use to this browser.
  const useful = RELEASE.files.filter(({ part }) => part !== PLAIN_CPU_PROGRAM);
  assert.deepEqual((await keptChecksums(page)).sort(), [...new Set(checksums(useful))]);
  assert.deepEqual(gets(before), inParts("engine-webgpu").map(({ path }) => path).sort());
});

test("a new version is offered and not forced, takes only what changed, and removes the old files", async () => {
  const page = await openKeptPage();
  host.publish({ "styles.css": changedStyles() });
  const before = host.requests.length;
  await page.reload();
  const banner = page.getByTestId("update-banner");
  await banner.waitFor({ timeout: 60_000 });
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run("[data-testid=update-banner]"));
  assert.deepEqual(violations.map(({ id }) => id), []);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${SCREENSHOTS}${width}-update.png` });
  }

  // The old version goes on, over a reload too.
  await classifiesAndExplains(page);
  await page.waitForTimeout(1_000);
  assert.ok(await page.getByTestId("result-list").isVisible(), "the photograph was closed");
  await page.reload();
  await banner.waitFor();
  assert.equal(await page.evaluate(hasChangedStyles), false);

  await page.getByTestId("take-new-version").press("Enter");
  await page.waitForFunction(hasChangedStyles);
  await banner.waitFor({ state: "detached" });
  assert.deepEqual(gets(before), ["styles.css"]);
  const kept = await keptChecksums(page);
  assert.ok(!kept.includes(entry("styles.css").sha256), "the old file is still there");
  assert.equal(kept.length, new Set(checksums(inParts(...LOADED))).size);

  await host.stop();
  await page.reload();
  assert.ok(await page.evaluate(hasChangedStyles));
  await classifiesAndExplains(page);
  await host.start();
});

test("while a photograph is open nothing is fetched, though a new version was found", async () => {
  const page = await openKeptPage();
  // The browser itself looks for a new version soon after the page was opened.
  await page.waitForTimeout(5_000);
  const before = host.requests.length;
  await chooseFile(page, sampleBytes(0), "private.jpg");
  await readAnswer(page);
  await page.waitForTimeout(2_000);
  assert.deepEqual(host.requests.slice(before), []);

  host.publish({ "styles.css": changedStyles() });
  await page.evaluate(async () => {
    (await navigator.serviceWorker.getRegistration()).update();
  });
  await page.waitForTimeout(4_000);
  // That of sw.js is the test's own; the page never makes it.
  assert.deepEqual(host.requests.slice(before), [{ method: "GET", path: "sw.js" }]);
  assert.equal(await page.getByTestId("update-banner").count(), 0);
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");

  await closePhotograph(page);
  await page.getByTestId("update-banner").waitFor({ timeout: 30_000 });
});

test("a version of which files are missing or mixed is not taken", async () => {
  const page = await openKeptPage();
  host.publish({ "styles.css": changedStyles(), "boot.js": Buffer.from("// another\n") });
  host.spoil("boot.js");
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration()).update().catch(() => {});
  });
  await page.waitForTimeout(3_000);
  assert.equal(await page.getByTestId("update-banner").count(), 0);
  await host.stop();
  await page.reload();
  await loadModel(page, "cpu");
  await host.start();
});

test("a kept file that was damaged is fetched again, once", async () => {
  const page = await openKeptPage();
  const shard = inParts("model").find(({ path }) => path.endsWith(".safetensors"));
  for (const path of ["styles.css", shard.path]) {
    await damageKept(page, entry(path).sha256);
  }
  const before = host.requests.length;
  await page.reload();
  await loadModel(page, "cpu");
  await waitForOffline(page, "complete");
  assert.deepEqual(gets(before), [shard.path, "styles.css"].sort());
  await page.reload();
  await loadModel(page, "cpu");
  assert.deepEqual(gets(before), [shard.path, "styles.css"].sort());
  assert.deepEqual(opened.problems, []);
});

test("on a host that sends no headers the service worker gives them", async () => {
  await host.close();
  host = await startHost({ headers: false });
  const page = await openKeptPage();
  await page.reload();
  await loadModel(page, "cpu");
  assert.ok(await page.evaluate(() => crossOriginIsolated));
  assert.deepEqual(opened.problems, []);
});

test("the page can be installed: its description is valid and its icons are what it says", async () => {
  opened = await openPage(session, { host });
  const { page, context } = opened;
  await waitForOffline(page, "page");
  const devtools = await context.newCDPSession(page);
  const { errors, url } = await devtools.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  // Profiles of tests are private windows, in which nothing is installed.
  const found = installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito");
  assert.deepEqual(found, []);

  const manifest = JSON.parse(host.read("app.webmanifest"));
  for (const address of [manifest.start_url, manifest.scope]) {
    assert.equal(new URL(address, url).href, host.address());
  }
  assert.ok(manifest.icons.some(({ purpose }) => purpose === "maskable"));
  for (const { src, sizes } of manifest.icons) {
    const side = await page.evaluate(async (address) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      return image.naturalWidth;
    }, new URL(src, url).href);
    assert.ok(sizes === "any" ? side > 0 : sizes === `${side}x${side}`, `${src} is ${side} wide`);
  }
});

// The promise: no request goes anywhere but to where the page came from, and once the model is there,
// a photograph is opened, classified and explained without any request at all.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openPage, openReadyPage, startBrowser } from "./helper/browser.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { keptChecksums, waitForOffline } from "./helper/offline.mjs";
import { chooseFile, closePhotograph, dropFile, readAnswer } from "./helper/photograph.mjs";
import { manySampleFiles } from "./helper/samples.mjs";
import { CPU_PROGRAM, DIST, MANIFEST, PAGE, sampleBytes } from "./helper/setting.mjs";
import { releaseOf } from "./helper/static_host.mjs";

let session;
let page;
let problems;

before(async () => {
  session = await startBrowser();
  ({ page, problems } = await openReadyPage(session, { engine: "cpu", serviceWorkers: "allow" }));
  await waitForOffline(page, "complete");
  // After the page was opened the browser itself looks whether the service worker has changed: at its own time, which is
  // late on a busy machine.
  const looks = () => session.observer.since(0).filter(({ url }) => url.endsWith("/sw.js")).length;
  for (let waited = 0; waited < 240 && looks() < 2; waited += 1) {
    await page.waitForTimeout(500);
  }
});
after(() => session?.close());

test("a photograph is classified and explained without any request", async () => {
  const { observer } = session;
  // A gallery picture that a photograph interrupts is fetched after it is closed: all must be there before.
  await page.waitForFunction(() =>
    [...document.querySelectorAll("[data-testid^=sample-] img")].every((image) => image.complete && image.naturalWidth > 0),
  );
  const loaded = observer.count();
  assert.ok(loaded > 0, "the observer saw nothing of the page's loading");

  await chooseFile(page, sampleBytes(0), "private.jpg");
  const { ranking } = await readAnswer(page);
  await setFewestSteps(page);
  await explain(page, ranking[0]);
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");
  await closePhotograph(page);
  await dropFile(page, sampleBytes(1), "private2.jpg");
  await readAnswer(page);
  // Time for anything sent afterwards.
  await page.waitForTimeout(2_000);

  assert.deepEqual(observer.since(loaded), []);
});

test("every request of the whole visit stayed with the page's own server and only read", () => {
  const foreign = session.observer
    .since(0)
    .filter(({ method, url }) => !url.startsWith(PAGE) || !["GET", "HEAD"].includes(method));
  assert.deepEqual(foreign, []);
});

test("pictures of the gallery that were not there before are not fetched while a photograph is open", async () => {
  const { observer } = session;
  observer.replace(manySampleFiles(400, sampleBytes(0)));
  const { context, page: other } = await openPage(session, { viewport: { width: 390, height: 600 } });
  await other.getByTestId("sample-399").waitFor();
  await chooseFile(other, sampleBytes(0), "private.jpg");
  await other.getByTestId("photo").waitFor();
  const pictures = (since) => observer.since(since).filter(({ url }) => url.includes("made-up-"));
  await other.waitForTimeout(500);
  const opened = observer.count();
  await other.getByTestId("sample-399").scrollIntoViewIfNeeded();
  await other.waitForTimeout(1_500);
  assert.deepEqual(pictures(opened), []);

  await other.getByTestId("close-photo").click();
  await other.getByTestId("sample-399").scrollIntoViewIfNeeded();
  const last = await other.getByTestId("sample-399").locator("img").elementHandle();
  await other.waitForFunction((image) => image.naturalWidth > 0, last);
  observer.replace({});
  await context.close();
});

test("nothing of the photograph is kept in the browser", async () => {
  const kept = await page.evaluate(async () => ({
    local: { ...localStorage },
    session: Object.keys({ ...sessionStorage }).length,
    databases: (await indexedDB.databases()).length,
    cookies: document.cookie,
  }));
  // Settings are kept, and these only.
  const settings = { "genoderm.gate": /^1$/, "genoderm.language": /^(en|de)$/ };
  for (const [name, value] of Object.entries(kept.local)) {
    assert.match(value, settings[name] ?? /^$/, `${name} in the local storage`);
  }
  assert.equal(kept.session, 0);
  assert.equal(kept.databases, 0);
  assert.equal(kept.cookies, "");
  // What is kept for use without a network is found by checksum, and each is one of the page's own files.
  const published = new Set(releaseOf(DIST).files.map(({ sha256 }) => sha256));
  const stored = await keptChecksums(page);
  assert.ok(stored.length > 0, "nothing is kept: this test sees nothing");
  assert.deepEqual(stored.filter((checksum) => !published.has(checksum)), []);
});

test("the reader sees every file that page and engine loaded, all from the page's own server", async () => {
  await page.getByTestId("privacy").locator("summary").click();
  assert.equal(await page.getByTestId("requests-summary").getAttribute("data-foreign"), "0");
  const rows = await page
    .getByTestId("request-row")
    .evaluateAll((rows) => rows.map(({ dataset }) => ({ address: dataset.address, by: dataset.by })));
  const shown = (by) => new Set(rows.filter((row) => row.by === by).map(({ address }) => address));
  const shards = MANIFEST.sets.flatMap(({ folds }) => folds.flatMap(({ shards }) => shards.map(({ file }) => `bundle/${file}`)));
  for (const file of [`${CPU_PROGRAM}.js`, `${CPU_PROGRAM}_bg.wasm`, "bundle/manifest.json", ...shards]) {
    assert.ok(shown("engine").has(file), `${file} is not in the list`);
  }
  for (const file of ["genoderm-app_bg.wasm", "styles.css", "samples/samples.json"]) {
    assert.ok(shown("page").has(file), `${file} is not in the list`);
  }
  // Nothing that the proxy saw is missing, but for what the browser does not list: the page itself, its icon and
  // description, and the script of the service worker.
  const known = new Set(rows.map(({ address }) => address));
  const seen = session.observer.since(0).map(({ url }) => decodeURI(url.replace(PAGE, "")));
  const missing = seen.filter((file) => !known.has(file) && !/^(\?|$)|icon|^favicon|^app\.webmanifest$|^sw\.js$|made-up|samples\.json/.test(file));
  assert.deepEqual(missing, []);
});

test("a request counts, whether the page or the engine makes it", async () => {
  const { context, page: other } = await openReadyPage(session);
  await chooseFile(other, sampleBytes(0), "private.jpg");
  await readAnswer(other);
  const count = (number) => other.locator(`[data-testid=request-count][data-count="${number}"]`).waitFor();
  await count(0);
  await other.evaluate(() => fetch("./styles.css?page"));
  await count(1);
  await other.workers()[0].evaluate(() => fetch("./styles.css?engine"));
  await count(2);
  await context.close();
});

test("the policy that the page shows is the one that it was served with", async () => {
  const shown = await page.getByTestId("policy").locator("li").allTextContents();
  const served = (await fetch(PAGE)).headers.get("content-security-policy").split("; ");
  assert.ok(shown.includes("connect-src 'self'"), shown.join());
  assert.deepEqual(shown.filter((rule) => !served.includes(rule)), []);
});

test("kept settings are shown and cleared", async () => {
  const { context, page: other } = await openPage(session);
  await other.evaluate(() => {
    localStorage.setItem("genoderm.a-setting", "its value");
    localStorage.setItem("another-page", "of the same server");
  });
  await other.getByTestId("privacy").locator("summary").click();
  const setting = other.locator("[data-testid=kept-setting][data-name=a-setting]");
  assert.match(await setting.textContent(), /its value/);
  await other.getByTestId("clear-kept").click();
  await setting.waitFor({ state: "detached" });
  assert.deepEqual(await other.evaluate(() => Object.keys(localStorage)), ["another-page"]);
  assert.equal(await other.getByTestId("kept").getAttribute("data-count"), "0");
  await context.close();
});

test("the policy forbids sending, and the browser enforces it", async () => {
  const refused = await page.evaluate(async () => {
    try {
      await fetch("http://example.invalid/", { method: "POST", body: "photograph", mode: "no-cors" });
      return false;
    } catch {
      return true;
    }
  });
  assert.ok(refused, "a request to another origin was let through");
  const foreign = session.observer.since(0).filter(({ url }) => !url.startsWith(PAGE));
  assert.deepEqual(foreign, [], "the request left the browser");
});

test("nothing went wrong unseen", () => {
  const unexpected = problems.filter((problem) => !problem.includes("example.invalid"));
  assert.deepEqual(unexpected, []);
});

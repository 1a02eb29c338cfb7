// The main path in Firefox, as Debian ships it: load, open a photograph, read the answer, look at a map, in both languages.
// Puppeteer drives it by WebDriver BiDi, since Playwright needs a Firefox of its own.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import puppeteer from "puppeteer-core";

import { assertSameAnswer, predict } from "./helper/command_line.mjs";
import { SCREENSHOTS } from "./helper/layout.mjs";
import { FIREFOX, PAGE, SAMPLES, sampleBytes } from "./helper/setting.mjs";

/** How long a step may take, in milliseconds. */
const PATIENCE = 120_000;

let browser;
let page;
let folder;
const problems = [];
/** Addresses that were asked for, in order. */
const requests = [];

const byTestId = (id, more = "") => `[data-testid="${id}"]${more}`;
const waitFor = (selector, options = {}) => page.waitForSelector(selector, { timeout: PATIENCE, ...options });

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "genoderm-firefox-"));
  browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: FIREFOX,
    headless: true,
    extraPrefsFirefox: { "intl.accept_languages": "en-US" },
  });
  page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 900 });
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (/content security policy|panicked/i.test(message.text())) {
      problems.push(message.text());
    }
  });
  page.on("request", (request) => requests.push(request.url()));
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("the page opens, and chooses the processor where there is no graphics card", async () => {
  await page.goto(PAGE);
  await (await waitFor(byTestId("gate-accept"))).click();
  await waitFor(byTestId("engine-status", '[data-state="idle"]'));
  await (await waitFor(byTestId("load-model"))).click();
  const status = await waitFor(byTestId("engine-status", '[data-state="ready"]'));
  assert.equal(await status.evaluate((element) => element.dataset.engine), "cpu");
  // What is kept on the device is fetched until here, and not later.
  await waitFor(byTestId("offline-status", '[data-state="complete"]'));
});

test("a photograph is answered as by the command line, without a request", async () => {
  const number = SAMPLES.findIndex(({ set }) => set === "focused");
  const file = join(folder, "photograph.jpg");
  writeFileSync(file, sampleBytes(number));
  const before = requests.length;
  await (await page.$(byTestId("choose-file"))).uploadFile(file);
  const list = await waitFor(byTestId("result-list"));
  const answer = await list.evaluate((list) => ({
    set: list.dataset.set,
    fallback: list.dataset.fallback === "true",
    probabilities: Object.fromEntries(
      [...document.querySelectorAll("[data-testid=result-row]")].map(({ dataset }) => [
        dataset.label,
        Number(dataset.probability),
      ]),
    ),
    votes: document.querySelectorAll("[data-testid=fold-row][data-voted=true]").length,
  }));
  assertSameAnswer(answer, predict(sampleBytes(number), { set: answer.set }));
  await (await waitFor(byTestId("request-count", '[data-count="0"]'))).scrollIntoView();
  assert.deepEqual(
    requests.slice(before).filter((address) => address.startsWith("http")),
    [],
  );
});

test("a map is drawn", async () => {
  await page.$eval(byTestId("explain-settings"), (details) => (details.open = true));
  await page.select(byTestId("steps"), "10");
  const label = await page.$eval(byTestId("result-row"), (row) => row.dataset.label);
  await (await page.$(byTestId(`explain-${label}`))).click();
  await waitFor(byTestId("explanation", `[data-label="${label}"]`));
  const drawn = await page.$eval(byTestId("overlay-canvas"), (canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.filter((value, index) => index % 4 === 3 && value > 0).length / (data.length / 4);
  });
  assert.ok(drawn > 0.05, `only ${drawn} of the map is drawn`);
  await page.screenshot({ path: `${SCREENSHOTS}firefox-map.png`, fullPage: true });
});

test("the language changes, and the case stays", async () => {
  await page.select(byTestId("language"), "de");
  await page.waitForFunction(() => document.documentElement.lang === "de", { timeout: PATIENCE });
  assert.equal(await page.$eval("#model-title", (title) => title.textContent), "1. Das Modell");
  assert.ok(await page.$(byTestId("overlay-canvas")), "the map was lost");
});

test("nothing went wrong unseen", () => assert.deepEqual(problems, []));

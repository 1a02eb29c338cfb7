// A Chromium whose every request is observed, and pages in it that report their own failures.

import assert from "node:assert/strict";

import { chromium } from "playwright-core";

import { startObserver } from "./observer.mjs";
import { CHROMIUM, CHROMIUM_ARGUMENTS, PAGE } from "./setting.mjs";

/** How long the engine may take to start and to load the model, in milliseconds: WebGPU in software compiles slowly. */
const READY = 300_000;

/** Starts a browser, with further arguments if need be; `close` ends it and everything that belongs to it. */
export async function startBrowser(further = []) {
  const observer = await startObserver(PAGE);
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [...CHROMIUM_ARGUMENTS, ...further],
  });
  return {
    observer,
    browser,
    close: async () => {
      await browser.close();
      observer.close();
    },
  };
}

/**
 * Opens the page in a fresh profile, without waiting for the model. The gate of the first visit is passed unless
 * `passGate` is false; `locale` is the language that the browser asks for; `script` runs before the page's own. Further
 * options are the browser context's, such as `hasTouch`.
 * `problems` collects what must not happen: uncaught errors and violations of the content security policy.
 * A service worker would answer in the place of the observer, which damages and replaces files: it is blocked unless a
 * test allows it. With `host` the page is another host's than the one that is observed, and it is allowed.
 */
export async function openPage(
  { browser, observer },
  {
    engine = "cpu",
    viewport = { width: 1280, height: 900 },
    locale = "en-US",
    passGate = true,
    host = null,
    serviceWorkers = host ? "allow" : "block",
    script = null,
    ...device
  } = {},
) {
  // The proxy is the profile's, not the browser's, so that what is seen is the page's doing and not Chromium's own.
  const proxy = host ? undefined : { server: observer.address, bypass: "<-loopback>" };
  const context = await browser.newContext({ viewport, proxy, locale, serviceWorkers, ...device });
  if (script) {
    await context.addInitScript(script);
  }
  const page = await context.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
  page.on("console", (message) => {
    if (/content security policy|panicked/i.test(message.text())) {
      problems.push(message.text());
    }
  });
  await page.goto(`${host?.address() ?? PAGE}?engine=${engine}`);
  await page.getByTestId("engine-status").waitFor();
  if (passGate) {
    await page.getByTestId("gate-accept").click();
  }
  return { context, page, problems };
}

/**
 * Starts the model if the page waits to be told, and waits until the engine is ready: with all networks, or with `whole`
 * set to false with the first.
 */
export async function loadModel(page, engine, { whole = true } = {}) {
  const status = page.getByTestId("engine-status");
  await page.waitForFunction(
    () => document.querySelector("[data-testid=engine-status]").dataset.state !== "probing",
  );
  if ((await status.getAttribute("data-state")) === "idle") {
    await page.getByTestId("load-model").click();
  }
  await page.waitForFunction(
    () => ["ready", "failed"].includes(document.querySelector("[data-testid=engine-status]").dataset.state),
    null,
    { timeout: READY },
  );
  const reason = await page.getByTestId("engine-reason").textContent();
  assert.equal(await status.getAttribute("data-state"), "ready", `the engine is not ready: ${reason}`);
  assert.equal(await status.getAttribute("data-engine"), engine, `another engine was used: ${reason}`);
  if (whole) {
    await allNetworks(page);
  }
}

/** Waits until all networks have joined. */
export async function allNetworks(page) {
  const joined = await page.waitForFunction(
    () => {
      const { present, total, joining } = document.querySelector("[data-testid=networks]").dataset;
      return (present === total || ["held", "stopped", "failed"].includes(joining)) && { present, total, joining };
    },
    null,
    { timeout: READY },
  );
  const { present, total, joining } = await joined.jsonValue();
  assert.equal(present, total, `not all networks have joined: ${joining}`);
}

/** A page with the model loaded; with `whole` set to false, its first network only. */
export async function openReadyPage(session, { whole, ...options } = {}) {
  const opened = await openPage(session, options);
  await loadModel(opened.page, options.engine ?? "cpu", { whole });
  return opened;
}

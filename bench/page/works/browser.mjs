// A Chromium for one contestant, and the addresses of its pages.

import { chromium } from "playwright-core";

const { GENODERM_PAGE: PAGE, GENODERM_CHROMIUM, GENODERM_CHROMIUM_ARGUMENTS } = process.env;

/** How long anything in a page may take, in milliseconds: WebGPU in software compiles and computes for minutes. */
const PATIENCE = 1_200_000;

/** Starts Chromium; `server` has its process, for whoever looks at its memory. */
export async function startBrowser() {
  const server = await chromium.launchServer({
    executablePath: GENODERM_CHROMIUM,
    args: GENODERM_CHROMIUM_ARGUMENTS.split(" "),
  });
  const browser = await chromium.connect(server.wsEndpoint());
  return { server, browser, close: () => server.close() };
}

/** A profile without service workers, which would answer for one side only. */
export async function newContext({ browser }) {
  const context = await browser.newContext({ serviceWorkers: "block" });
  context.setDefaultTimeout(PATIENCE);
  return context;
}

/** Where a side's page for the networks is. */
export function address(side, engine, { workers }) {
  return `${PAGE}bench/${side}.html?engine=${engine}&threads=${workers}`;
}

/** Where a side's page for people is. */
export function addressForPeople(side, engine, { network, size }) {
  const own = side === "genoderm";
  return own ? `${PAGE}?engine=${engine}` : `${PAGE}bench/ort.html?engine=${engine}&network=${network}&size=${size}`;
}

/** Opens a side's page for the networks and prepares the case in it. */
export async function openContestant(context, request, side, engine) {
  const page = await context.newPage();
  await page.goto(address(side, engine, request));
  await page.waitForFunction(() => globalThis.contestant);
  const prepared = await page.evaluate(([case_, engine]) => contestant.prepare(case_, engine), [request, engine]);
  return { page, ...prepared };
}

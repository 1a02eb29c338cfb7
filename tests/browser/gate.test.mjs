// The gate: at the first visit, and only then, the page says what it is and what it is not.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openPage, startBrowser } from "./helper/browser.mjs";
import { focusOn } from "./helper/focus.mjs";
import { SCREENSHOTS, assertAccessible, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { PAGE } from "./helper/setting.mjs";

let session;

before(async () => {
  session = await startBrowser();
});
after(() => session?.close());

const isModal = (page) => page.getByTestId("gate").evaluate((dialog) => dialog.matches(":modal"));

async function openGate(options = {}) {
  const opened = await openPage(session, { ...options, passGate: false });
  const { page } = opened;
  await page.waitForFunction(() => document.querySelector("[data-testid=gate]")?.matches(":modal"));
  return opened;
}

test("the first visit begins with what the page is and is not, and with one button", async () => {
  const { context, page, problems } = await openGate();
  const gate = page.getByRole("dialog", { name: "Before you begin" });
  const words = await gate.textContent();
  for (const said of [/research and education/, /not a medical device/, /no diagnosis/, /not sent anywhere/]) {
    assert.match(words, said);
  }
  assert.equal(await gate.getByRole("button").count(), 1);
  await focusOn(page, "#gate-title");
  await assertAccessible(page, "the gate");
  await page.screenshot({ path: `${SCREENSHOTS}1280-gate.png` });
  assert.deepEqual(problems, []);
  await context.close();
});

test("the keyboard stays within it, the Escape key does not pass it, and Enter on its button does", async () => {
  const { context, page, problems } = await openGate();
  const visited = [];
  for (let press = 0; press < 6; press += 1) {
    await page.keyboard.press("Tab");
    visited.push(
      await page.evaluate(() => {
        const { activeElement } = document;
        // Past the last control the focus is the browser's own, which the page sees as that of the body.
        const outside = activeElement !== document.body && !activeElement.closest("[data-testid=gate]");
        return outside ? activeElement.outerHTML.slice(0, 80) : activeElement.dataset.testid;
      }),
    );
  }
  assert.ok(visited.includes("gate-accept"), visited.join());
  const known = ["gate-language", "gate-accept", undefined];
  assert.deepEqual(visited.filter((place) => !known.includes(place)), [], "the focus left the gate");

  for (let press = 0; press < 3; press += 1) {
    await page.keyboard.press("Escape");
    await page.waitForTimeout(100);
  }
  assert.ok(await isModal(page), "the Escape key passed the gate");

  await page.getByTestId("gate-accept").focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("gate").waitFor({ state: "detached" });
  await page.getByTestId("open-card").click();
  assert.ok(await page.getByTestId("model-card").isVisible(), "the page behind cannot be used");
  assert.deepEqual(problems, []);
  await context.close();
});

test("it is not shown a second time to who passed it, and again to who did not", async () => {
  const { context, page } = await openGate();
  await page.reload();
  await page.waitForFunction(() => document.querySelector("[data-testid=gate]")?.matches(":modal"));
  await page.getByTestId("gate-accept").click();
  await page.reload();
  await page.getByTestId("engine-status").waitFor();
  await page.waitForTimeout(500);
  assert.equal(await page.getByTestId("gate").count(), 0, "the gate forgot that it was passed");
  await context.close();
});

test("a browser that stores nothing is let in all the same", async () => {
  const context = await session.browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    Storage.prototype.getItem = Storage.prototype.setItem = () => {
      throw new DOMException("refused", "SecurityError");
    };
  });
  await page.goto(`${PAGE}?engine=cpu`);
  await page.getByTestId("gate-accept").click();
  await page.getByTestId("gate").waitFor({ state: "detached" });
  await context.close();
});

for (const locale of ["en-US", "de-DE"]) {
  test(`it fits the smallest screen, ${locale}`, async () => {
    const { context, page } = await openGate({ viewport: { width: 320, height: 480 }, locale });
    await assertNoSidewaysScroll(page, "the gate");
    const wide = await page.getByTestId("gate").evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
    assert.ok(wide <= 0, `the gate scrolls sideways by ${wide} px`);
    await assertAccessible(page, "the gate on a small screen");
    await page.screenshot({ path: `${SCREENSHOTS}320-gate-${locale}.png` });
    // A click scrolls the button into view as a reader would, and fails where that is not possible.
    await page.getByTestId("gate-accept").click();
    await page.getByTestId("gate").waitFor({ state: "detached" });
    await context.close();
  });
}

// The page on narrow and wide screens, and for readers who use other means than eyes and a mouse.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";

import axe from "axe-core";

import { loadModel, openPage, startBrowser } from "./helper/browser.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { chooseFile, readAnswer } from "./helper/photograph.mjs";
import { sampleBytes } from "./helper/setting.mjs";

const SCREENSHOTS = new URL("screenshots/", import.meta.url).pathname;

let session;

before(async () => {
  session = await startBrowser();
  mkdirSync(SCREENSHOTS, { recursive: true });
});
after(() => session?.close());

/** Fails if the page is wider than the screen. */
async function assertNoSidewaysScroll(page, state) {
  const { needed, given, culprits } = await page.evaluate(() => {
    const given = document.documentElement.clientWidth;
    const culprits = [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > given + 1)
      .map((element) => `${element.tagName}.${element.className}`)
      .slice(0, 5);
    return { needed: document.documentElement.scrollWidth, given, culprits };
  });
  assert.ok(needed <= given, `${state}: ${needed} px wide on a screen of ${given} px: ${culprits}`);
}

/** Fails on what axe finds against WCAG 2 A and AA. */
async function assertAccessible(page, state) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }),
  );
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`);
  assert.deepEqual(found, [], state);
}

for (const width of [1280, 390, 320]) {
  test(`${width} px: nothing is cut off and everything has a name, before, with and after a photograph`, async () => {
    const { context, page, problems } = await openPage(session, { viewport: { width, height: 900 } });
    await assertNoSidewaysScroll(page, "at first");
    await assertAccessible(page, "at first");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-start.png`, fullPage: true });

    await loadModel(page, "cpu");
    await chooseFile(page, sampleBytes(0), "a-photograph-with-a-rather-long-name-as-cameras-like-to-give.jpg");
    const { ranking } = await readAnswer(page);
    await assertNoSidewaysScroll(page, "with an answer");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-answer.png`, fullPage: true });

    await setFewestSteps(page);
    await explain(page, ranking[0]);
    await assertNoSidewaysScroll(page, "with a map");
    await assertAccessible(page, "with a map");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-map.png`, fullPage: true });
    assert.deepEqual(problems, []);
    await context.close();
  });
}

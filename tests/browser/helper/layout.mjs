// What must hold of every view: it fits its screen, and readers who use other means than eyes and a mouse can use it.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";

import axe from "axe-core";

/** Where pictures of the views go, for people to look at. */
export const SCREENSHOTS = new URL("../screenshots/", import.meta.url).pathname;

mkdirSync(SCREENSHOTS, { recursive: true });

/** Fails if the page is wider than the screen. */
export async function assertNoSidewaysScroll(page, state) {
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

/** Fails on what axe finds against WCAG 2 A and AA, in the light look and in the dark one, and leaves a picture of each. */
export async function assertBothLooks(page, state, picture) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await assertAccessible(page, `${state}, ${colorScheme}`);
    const path = `${SCREENSHOTS}${picture}${colorScheme === "dark" ? "-dark" : ""}.png`;
    await page.screenshot({ path, fullPage: true });
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/** Fails on what axe finds against WCAG 2 A and AA. */
export async function assertAccessible(page, state) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }),
  );
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(", ")}`);
  assert.deepEqual(found, [], state);
}

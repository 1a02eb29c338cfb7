// The whole path without a mouse: every step by Tab, Shift, Enter and Space alone, with the focus in sight and never lost; and what
// a screen reader is given on the way.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { allNetworks, openPage, startBrowser } from "./helper/browser.mjs";
import { focusOn } from "./helper/focus.mjs";
import { readAnswer } from "./helper/photograph.mjs";

/** More presses of the Tab key than lead from one end of the page to the other. */
const MOST = 200;

let session;
let page;
let problems;
let label;

before(async () => {
  session = await startBrowser();
  ({ page, problems } = await openPage(session, { passGate: false, reducedMotion: "reduce" }));
});
after(() => session?.close());

/** The focused element: its test id or id, whether the focus is drawn, whether it is on the screen. */
const focused = () =>
  page.evaluate(() => {
    const element = document.activeElement;
    const { dataset, id } = element;
    // A file's input is hidden, and its label shows the focus.
    const shown = element.matches("input.visually-hidden") ? element.nextElementSibling : element;
    const style = getComputedStyle(shown);
    const { top, bottom, width } = shown.getBoundingClientRect();
    return {
      name: element.matches("summary") ? `${element.parentElement.dataset.testid} summary` : (dataset.testid ?? id),
      tag: element.tagName,
      drawn: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
      seen: width > 0 && bottom > 0 && top < innerHeight,
    };
  });

/** Presses the Tab key until this element has the focus; every stop on the way must be seen. */
async function tabTo(testId, key = "Tab") {
  const passed = [];
  for (let press = 0; press < MOST; press += 1) {
    await page.keyboard.press(key);
    const { name, tag, drawn, seen } = await focused();
    if (tag !== "BODY") {
      assert.ok(drawn, `${name || tag}: the focus is not drawn`);
      assert.ok(seen, `${name || tag}: the focus is not on the screen`);
    }
    if (name === testId) {
      return passed;
    }
    passed.push(name || tag);
  }
  assert.fail(`${testId} was not reached: ${passed.join(" ")}`);
}

const said = (words) =>
  page.waitForFunction(
    (words) => new RegExp(words, "i").test(document.querySelector("[data-testid=announcement]").textContent),
    words.source,
  );

test("gate, a drawing, its answer", async () => {
  await focusOn(page, "#gate-title");
  await tabTo("gate-accept");
  await page.keyboard.press("Enter");
  await page.getByTestId("gate").waitFor({ state: "detached" });

  await tabTo("sample-0");
  await page.keyboard.press("Enter");
  await focusOn(page, ".photo-panel");
  ({
    ranking: [label],
  } = await readAnswer(page));
  await said(/first:|preliminary/);
  // Its networks join and its answer is built anew, while the focus stays.
  await focusOn(page, ".photo-panel");
});

test("explanation and card", async () => {
  await tabTo(`explain-${label}`);
  await page.keyboard.press("Enter");
  await page.locator(`[data-testid=explanation][data-label="${label}"]`).waitFor({ timeout: 240_000 });
  await said(/map for .* lies over/);
  assert.equal((await focused()).name, `explain-${label}`);

  const { key, name } = await page.evaluate(() => {
    const other = document.querySelectorAll("[data-testid^=about-]")[1];
    return { key: other.dataset.testid.slice("about-".length), name: other.textContent.trim() };
  });
  await tabTo(`about-${key}`);
  await page.keyboard.press("Space");
  await page.locator(`[data-testid=label-card][data-label="${key}"]`).waitFor();
  assert.equal((await focused()).name, `about-${key}`);
  await said(new RegExp(name));
});

test("a screen reader finds its way: headings in their order, one name for each thing", async () => {
  const levels = await page
    .getByRole("heading")
    .evaluateAll((headings) => headings.map(({ tagName, textContent }) => [Number(tagName[1]), textContent.trim()]));
  levels.reduce(([before], [level, words]) => {
    assert.ok(level <= before + 1, `${words}: level ${level} after ${before}`);
    return [level, words];
  });
  // What is done to the photograph is not part of its name.
  const photograph = await page.getByRole("figure").first().ariaSnapshot();
  assert.match(photograph, /^- figure "A drawing of [^"]*":/);
  assert.doesNotMatch(photograph.split("\n")[0], /Close/);
  // A reader who jumps from one to the next hears what each is about, and none twice.
  for (const role of ["region", "button"]) {
    const names = await page.getByRole(role).evaluateAll((found) =>
      found.map((element) => {
        const by = element.getAttribute("aria-labelledby");
        const named = by ? document.getElementById(by) : (element.labels?.[0] ?? element);
        return (element.ariaLabel ?? named?.textContent)?.trim();
      }),
    );
    assert.deepEqual(names.filter((name, place) => !name || names.indexOf(name) !== place), [], `${role}: without a name of its own`);
  }
  assert.equal(await page.getByRole("list", { name: "Conditions, the most probable first" }).count(), 1);
  assert.equal(await page.getByRole("table", { name: "Do the networks agree?" }).count(), 1);
});

test("report, settings of the map, and the way back", async () => {
  await tabTo("save-report");
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  assert.match(download.suggestedFilename(), /\.json$/);
  await said(/handed to the browser/);

  await tabTo("explain-settings summary", "Shift+Tab");
  await page.keyboard.press("Enter");
  await tabTo("method");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");

  await tabTo("close-photo", "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByTestId("photo").waitFor({ state: "detached" });
  await focusOn(page, "#chooser");
  await said(/closed/);
});

test("nothing went wrong unseen", () => {
  assert.deepEqual(problems, []);
});

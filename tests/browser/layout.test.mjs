// The page on narrow and wide screens, and for readers who use other means than eyes and a mouse.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { loadModel, openPage, openReadyPage, startBrowser } from "./helper/browser.mjs";
import { calibratedFiles } from "./helper/calibration.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { SCREENSHOTS, assertBothLooks, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { chooseFile, chooseFiles, closePhotograph, readAnswer } from "./helper/photograph.mjs";
import { sampleFiles } from "./helper/samples.mjs";
import { sampleBytes } from "./helper/setting.mjs";

let session;

before(async () => {
  session = await startBrowser();
});
after(() => session?.close());

/** What moves or fades by itself, or would when it changes. */
const moving = (page) =>
  page.evaluate(() => {
    const still = ({ animationName, transitionDuration, scrollBehavior }) =>
      animationName === "none" && transitionDuration === "0s" && scrollBehavior === "auto";
    const elements = [...document.querySelectorAll("*")];
    return elements.filter((element) => !still(getComputedStyle(element))).map(({ tagName, className }) => `${tagName}.${className}`);
  });

test("nothing moves for who wants no motion, and the page can be used with few colours", async () => {
  // The engine never comes, so that the lamp of the load would breathe.
  session.observer.spoil(/engine-cpu[a-z-]*_bg\.wasm|engine\.js/, "hold");
  const { context, page, problems } = await openPage(session, { reducedMotion: "no-preference" });
  await page.getByTestId("load-model").click();
  await page.locator("[data-testid=engine-status][data-state=starting]").waitFor();
  assert.notDeepEqual(await moving(page), [], "this test sees nothing");
  await page.emulateMedia({ reducedMotion: "reduce" });
  assert.deepEqual(await moving(page), []);
  session.observer.spoil(null);
  await context.close();

  const few = await openReadyPage(session, { forcedColors: "active", colorScheme: "dark" });
  await few.page.getByTestId("sample-0").click();
  await readAnswer(few.page);
  // What lengths and frames tell is still told.
  const seen = (selector) =>
    few.page.locator(selector).first().evaluate((element) => {
      const { backgroundColor, borderTopWidth, outlineStyle } = getComputedStyle(element);
      return { backgroundColor, ground: getComputedStyle(document.body).backgroundColor, border: parseFloat(borderTopWidth), outlineStyle };
    });
  const bar = await seen(".bar-fill");
  assert.notEqual(bar.backgroundColor, bar.ground);
  assert.ok((await seen(".bar")).border >= 1);
  assert.equal((await seen(".thumbnail[aria-current]")).outlineStyle, "solid");
  await assertNoSidewaysScroll(few.page, "with few colours");
  await few.page.screenshot({ path: `${SCREENSHOTS}1280-forced-colours.png`, fullPage: true });
  assert.deepEqual([...problems, ...few.problems], []);
  await few.context.close();
});

for (const width of [1280, 390, 320]) {
  test(`${width} px: nothing is cut off and everything has a name, before, with and after a photograph`, async () => {
    const { context, page, problems } = await openPage(session, { viewport: { width, height: 900 } });
    await assertNoSidewaysScroll(page, "at first");
    await assertBothLooks(page, "at first", `${width}-start`);

    await loadModel(page, "cpu");
    await chooseFile(page, sampleBytes(0), "a-photograph-with-a-rather-long-name-as-cameras-like-to-give.jpg");
    const { ranking } = await readAnswer(page);
    await assertNoSidewaysScroll(page, "with an answer");
    await assertBothLooks(page, "with an answer", `${width}-answer`);

    await setFewestSteps(page);
    await explain(page, ranking[0]);
    await assertNoSidewaysScroll(page, "with a map");
    await assertBothLooks(page, "with a map", `${width}-map`);
    assert.deepEqual(problems, []);
    await context.close();
  });

  test(`${width} px: nor with a batch, with the report's panel, with the privacy panel`, async () => {
    session.observer.replace(calibratedFiles(-1e12));
    const { context, page, problems } = await openReadyPage(session, { viewport: { width, height: 900 } });
    const names = ["a-photograph-with-a-rather-long-name-as-cameras-like-to-give.jpg", "broken.jpg", "3.jpg", "4.jpg"];
    const bytes = [sampleBytes(0), Buffer.from("no image"), sampleBytes(1), sampleBytes(2)];
    await chooseFiles(page, names.map((name, place) => ({ name, bytes: bytes[place] })));
    await page.locator("[data-testid=batch][data-running=false]").waitFor({ timeout: 60_000 });
    await assertNoSidewaysScroll(page, "with a batch");
    await assertBothLooks(page, "with a batch", `${width}-batch`);

    await page.getByTestId("batch-open-0").click();
    const { ranking } = await readAnswer(page);
    await setFewestSteps(page);
    await explain(page, ranking[0]);
    await page.getByTestId("note").fill("A note.");
    await page.getByTestId("privacy").locator("summary").click();
    await page.getByTestId("policy").waitFor();
    await assertNoSidewaysScroll(page, "with the privacy panel");
    await assertBothLooks(page, "with the privacy panel", `${width}-keep`);

    await page.emulateMedia({ media: "print" });
    await page.evaluate(() => globalThis.dispatchEvent(new Event("beforeprint")));
    await assertNoSidewaysScroll(page, "on paper");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-print.png`, fullPage: true });
    assert.deepEqual(problems, []);
    session.observer.replace({});
    await context.close();
  });

  test(`${width} px: nor with a sample, with a refused picture and with the model card`, async () => {
    session.observer.replace({ ...calibratedFiles(0), ...sampleFiles() });
    const { context, page, problems } = await openPage(session, { viewport: { width, height: 900 } });
    await page.getByTestId("open-card").click();
    await page.getByTestId("close-card").waitFor();
    await assertNoSidewaysScroll(page, "with the model card");
    await assertBothLooks(page, "with the model card", `${width}-card`);
    await page.getByTestId("close-card").click();

    await loadModel(page, "cpu");
    await page.getByTestId("not-skin-0").click();
    await page.getByTestId("guard-note").waitFor();
    await assertNoSidewaysScroll(page, "with a refused picture");
    await assertBothLooks(page, "with a refused picture", `${width}-refused`);
    await closePhotograph(page);

    session.observer.replace(sampleFiles());
    await page.reload();
    await loadModel(page, "cpu");
    await page.getByTestId("sample-0").click();
    await readAnswer(page);
    await page.getByTestId("show-lesion").check();
    await assertNoSidewaysScroll(page, "with a sample");
    await assertBothLooks(page, "with a sample", `${width}-sample`);
    assert.deepEqual(problems, []);
    session.observer.replace({});
    await context.close();
  });
}

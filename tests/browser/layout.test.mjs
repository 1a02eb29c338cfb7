// The page on narrow and wide screens, and for readers who use other means than eyes and a mouse.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { loadModel, openPage, openReadyPage, startBrowser } from "./helper/browser.mjs";
import { calibratedFiles } from "./helper/calibration.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { SCREENSHOTS, assertAccessible, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { chooseFile, chooseFiles, closePhotograph, readAnswer } from "./helper/photograph.mjs";
import { sampleFiles } from "./helper/samples.mjs";
import { sampleBytes } from "./helper/setting.mjs";

let session;

before(async () => {
  session = await startBrowser();
});
after(() => session?.close());

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

  test(`${width} px: nor with a batch, with the report's panel, with the privacy panel`, async () => {
    session.observer.replace(calibratedFiles(-1e12));
    const { context, page, problems } = await openReadyPage(session, { viewport: { width, height: 900 } });
    const names = ["a-photograph-with-a-rather-long-name-as-cameras-like-to-give.jpg", "broken.jpg", "3.jpg", "4.jpg"];
    const bytes = [sampleBytes(0), Buffer.from("no image"), sampleBytes(1), sampleBytes(2)];
    await chooseFiles(page, names.map((name, place) => ({ name, bytes: bytes[place] })));
    await page.locator("[data-testid=batch][data-running=false]").waitFor({ timeout: 60_000 });
    await assertNoSidewaysScroll(page, "with a batch");
    await assertAccessible(page, "with a batch");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-batch.png`, fullPage: true });

    await page.getByTestId("batch-open-0").click();
    const { ranking } = await readAnswer(page);
    await setFewestSteps(page);
    await explain(page, ranking[0]);
    await page.getByTestId("note").fill("A note.");
    await page.getByTestId("privacy").locator("summary").click();
    await page.getByTestId("policy").waitFor();
    await assertNoSidewaysScroll(page, "with the privacy panel");
    await assertAccessible(page, "with the privacy panel");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-keep.png`, fullPage: true });

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
    await assertAccessible(page, "with the model card");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-card.png`, fullPage: true });
    await page.getByTestId("close-card").click();

    await loadModel(page, "cpu");
    await page.getByTestId("not-skin-0").click();
    await page.getByTestId("guard-note").waitFor();
    await assertNoSidewaysScroll(page, "with a refused picture");
    await assertAccessible(page, "with a refused picture");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-refused.png`, fullPage: true });
    await closePhotograph(page);

    session.observer.replace(sampleFiles());
    await page.reload();
    await loadModel(page, "cpu");
    await page.getByTestId("sample-0").click();
    await readAnswer(page);
    await page.getByTestId("show-lesion").check();
    await assertNoSidewaysScroll(page, "with a sample");
    await assertAccessible(page, "with a sample");
    await page.screenshot({ path: `${SCREENSHOTS}${width}-sample.png`, fullPage: true });
    assert.deepEqual(problems, []);
    session.observer.replace({});
    await context.close();
  });
}

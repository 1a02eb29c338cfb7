// The explanation: a map over the photograph, how complete it is, and stopping it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { explain, overlayStrength, setFewestSteps, setMostSteps } from "./helper/explanation.mjs";
import { chooseFile, closePhotograph, readAnswer } from "./helper/photograph.mjs";
import { fewFoldsFiles } from "./helper/sets.mjs";
import { QUICK, sampleBytes } from "./helper/setting.mjs";

for (const engine of QUICK ? ["cpu"] : ["cpu", "webgpu"]) {
  describe(engine, () => explanationTests(engine));
}

function explanationTests(engine) {
  let session;
  let page;
  let problems;

  before(async () => {
    session = await startBrowser();
    if (engine === "webgpu") {
      // In software, a step of one network takes a second: two networks are enough to be averaged.
      session.observer.replace(fewFoldsFiles(2));
    }
    ({ page, problems } = await openReadyPage(session, { engine }));
    await chooseFile(page, sampleBytes(0), "sample.jpg");
    await readAnswer(page);
  });
  after(() => session?.close());

  test("a map is drawn for the first label, and says how complete it is", async () => {
    await setFewestSteps(page);
    const { ranking } = await readAnswer(page);
    await explain(page, ranking[0]);
    assert.equal(await page.getByTestId("explanation").getAttribute("data-label"), ranking[0]);

    const { drawn, total } = await overlayStrength(page);
    assert.ok(drawn > total / 100, `only ${drawn} of ${total} pixels of the map are drawn`);

    const gap = page.getByTestId("completeness-gap");
    const value = Number(await gap.getAttribute("data-gap"));
    assert.ok(Number.isFinite(value), "the completeness gap is no number");
    assert.match(await gap.textContent(), /\d/);
  });

  test("another label has another map", async () => {
    const { ranking } = await readAnswer(page);
    const first = await overlayStrength(page);
    await explain(page, ranking.at(-1));
    assert.equal(await page.getByTestId("explanation").getAttribute("data-label"), ranking.at(-1));
    const second = await overlayStrength(page);
    assert.notEqual(second.sum, first.sum, "both labels have the same map");
  });

  test("a running explanation can be cancelled, and the page goes on working", async () => {
    const { ranking } = await readAnswer(page);
    await setMostSteps(page);
    await page.getByTestId("hide-map").click();
    await page.getByTestId(`explain-${ranking[0]}`).click();
    await page.getByTestId("cancel-explain").click();
    await page.getByTestId("explain-progress").waitFor({ state: "detached", timeout: 60_000 });
    assert.equal(await page.getByTestId("explanation").count(), 0);

    await closePhotograph(page);
    await chooseFile(page, sampleBytes(1), "other.jpg");
    assert.ok((await readAnswer(page)).ranking.length > 1);
    assert.deepEqual(problems, []);
  });
}

// The model on its way to the page: what was damaged is never used, and a failed download can be tried again.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { loadModel, openPage, startBrowser } from "./helper/browser.mjs";
import { chooseFile, readAnswer, readError } from "./helper/photograph.mjs";
import { sampleBytes } from "./helper/setting.mjs";

let session;

before(async () => {
  session = await startBrowser();
});
after(() => session?.close());

const CASES = [
  // A guard's file is sent compressed: damaged on the way, the browser cannot even decode it.
  { what: "a damaged shard", files: /\d\.safetensors$/, kind: "damage", message: /not what was published/i },
  { what: "a missing shard", files: /\.safetensors$/, kind: "refuse", message: /could not be downloaded/i },
  { what: "a missing description", files: /manifest\.json$/, kind: "refuse", message: /could not be (downloaded|read)/i },
];

for (const { what, files, kind, message } of CASES) {
  test(`${what}: a clear message, and the next try works`, async () => {
    session.observer.spoil(files, kind);
    const { context, page } = await openPage(session);
    await page.getByTestId("load-model").click();
    const status = page.getByTestId("engine-status");
    await status.and(page.locator("[data-state=failed]")).waitFor({ timeout: 120_000 });
    assert.match(await readError(page), message);

    session.observer.spoil(null);
    await page.getByTestId("load-model").click();
    await status.and(page.locator("[data-state=ready]")).waitFor({ timeout: 120_000 });
    await chooseFile(page, sampleBytes(0), "sample.jpg");
    assert.ok((await readAnswer(page)).ranking.length > 1);
    await context.close();
  });
}

test("a download can be cancelled and taken up again", async () => {
  const { context, page } = await openPage(session);
  await page.getByTestId("load-model").click();
  await page.getByTestId("cancel-load").click();
  await page.getByTestId("engine-status").and(page.locator("[data-state=idle]")).waitFor({ timeout: 30_000 });
  await loadModel(page, "cpu");
  await context.close();
});

// The same tests for each engine: a built-in sample, and a turned JPEG from the reader's own disk.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./browser.mjs";
import { assertSameAnswer, predict } from "./command_line.mjs";
import { withOrientation } from "./images.mjs";
import { closePhotograph, dropFile, readAnswer } from "./photograph.mjs";
import { SAMPLES, sampleBytes } from "./setting.mjs";

/** Declares the tests of one engine, `cpu` or `webgpu`. */
export function classificationTests(engine) {
  let session;
  let opened;

  before(async () => {
    session = await startBrowser();
    opened = await openReadyPage(session, { engine });
  });
  after(() => session?.close());

  test(`${engine}: a built-in sample is classified as by the command line`, async () => {
    await opened.page.getByTestId("sample-0").click();
    assertSameAnswer(await readAnswer(opened.page), predict(sampleBytes(0), { set: SAMPLES[0].set }));
    await closePhotograph(opened.page);
  });

  test(`${engine}: a dropped JPEG with an EXIF orientation is classified as by the command line`, async () => {
    const upright = sampleBytes(1);
    const turned = withOrientation(upright, 6);
    await dropFile(opened.page, turned, "IMG_0001.JPG");
    const answer = await readAnswer(opened.page);
    const predicted = predict(turned);
    assertSameAnswer(answer, predicted);

    // Had both sides ignored the orientation they would agree too, so it must have made a difference.
    const ignored = predict(upright).probabilities;
    const changes = Object.entries(predicted.probabilities).map(([label, p]) => Math.abs(p - ignored[label]));
    assert.ok(Math.max(...changes) > 0, "the orientation changed nothing");
    await closePhotograph(opened.page);
  });

  test(`${engine}: nothing went wrong unseen`, () => {
    assert.deepEqual(opened.problems, []);
  });
}

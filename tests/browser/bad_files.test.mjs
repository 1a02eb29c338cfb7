// Files that are no usable photograph: one clear message each, and the page goes on working.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { assertSameAnswer, predict } from "./helper/command_line.mjs";
import { blackPng } from "./helper/images.mjs";
import { chooseFile, closePhotograph, readAnswer, readError } from "./helper/photograph.mjs";
import { sampleBytes } from "./helper/setting.mjs";

/** Words of programs, which mean nothing to a reader. */
const JARGON = /panick|unwrap|RuntimeError|unreachable|undefined|\[object|Err\(|Some\(|JsValue/;

let session;
let page;
let problems;

before(async () => {
  session = await startBrowser();
  ({ page, problems } = await openReadyPage(session, { engine: "cpu" }));
});
after(() => session?.close());

const broken = () => {
  // A JPEG up to its tables, and noise after them.
  const start = sampleBytes(0).subarray(0, 200);
  return Buffer.concat([start, Buffer.from(Array.from({ length: 4_000 }, (_, i) => (i * 7919) % 251))]);
};

const CASES = [
  { name: "broken.jpg", bytes: broken, message: /damaged|broken|incomplete|could not be read|cannot be read/i },
  { name: "empty.jpg", bytes: () => Buffer.alloc(0), message: /empty/i },
  {
    name: "text.jpg",
    bytes: () => Buffer.from("This is a text, not a photograph.\n".repeat(40)),
    message: /not (an|a supported)|supported|format|kind of/i,
  },
  { name: "huge.png", bytes: () => blackPng(10_000, 10_000), message: /large|big|pixels/i },
];

for (const { name, bytes, message } of CASES) {
  test(`${name}: a clear message, and the next photograph is classified`, async () => {
    await chooseFile(page, bytes(), name, name.endsWith("png") ? "image/png" : "image/jpeg");
    const text = await readError(page);
    assert.match(text, message);
    assert.doesNotMatch(text, JARGON);
    assert.equal(await page.getByTestId("result-list").count(), 0, "an answer is shown for it");

    await chooseFile(page, sampleBytes(0), "good.jpg");
    assertSameAnswer(await readAnswer(page), predict(sampleBytes(0)));
    assert.equal(await page.getByTestId("error-message").count(), 0, "the old message is still shown");
    await closePhotograph(page);
  });
}

test("nothing went wrong unseen", () => {
  assert.deepEqual(problems, []);
});

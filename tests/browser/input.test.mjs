// Photographs that come by other ways than a file's name: pasted, from a phone's camera, in formats that only the browser reads.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { assertSameAnswer, predict } from "./helper/command_line.mjs";
import { chooseFile, closePhotograph, pasteFiles, readAnswer, readError } from "./helper/photograph.mjs";
import { sampleBytes } from "./helper/setting.mjs";

const AVIF = readFileSync(new URL("files/drawing.avif", import.meta.url));

let session;
let page;
let context;
let problems;

before(async () => {
  session = await startBrowser();
  ({ page, context, problems } = await openReadyPage(session));
});
after(() => session?.close());

/** A picture as the browser decodes it, as PNG. */
async function asPng(bytes) {
  const base64 = await page.evaluate(async (base64) => {
    const blob = new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]);
    const bitmap = await createImageBitmap(blob);
    const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    return canvas.toDataURL("image/png").split(",")[1];
  }, Buffer.from(bytes).toString("base64"));
  return Buffer.from(base64, "base64");
}

test("an image that was copied is opened by Ctrl+V", async () => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const png = await asPng(sampleBytes(0));
  await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    await navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) })]);
  }, png.toString("base64"));
  await page.keyboard.press("Control+V");
  assertSameAnswer(await readAnswer(page), predict(png, { name: "pasted.png" }));
  await closePhotograph(page);
});

test("a file that was copied is opened wherever the focus is, and several are a batch", async () => {
  await page.getByTestId("engine-select").focus();
  await pasteFiles(page, [{ name: "copied.jpg", bytes: sampleBytes(1) }]);
  assertSameAnswer(await readAnswer(page), predict(sampleBytes(1)));

  await pasteFiles(page, [0, 1].map((number) => ({ name: `${number}.jpg`, bytes: sampleBytes(number) })));
  await page.locator("[data-testid=batch][data-running=false]").waitFor({ timeout: 60_000 });
  assert.equal(await page.getByTestId("batch-row").count(), 2);
  assert.equal(await page.getByTestId("photo").count(), 0, "the single photograph is still open");
  await page.getByTestId("batch-close").click();
});

test("pasted words are said to be no image, but not in a field for words", async () => {
  const paste = (testId) =>
    page.getByTestId(testId).evaluate((element) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", "words");
      element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    });
  const said = () => page.getByTestId("announcement").textContent();
  await paste("drop-zone");
  assert.match(await said(), /no image/);

  await chooseFile(page, sampleBytes(0), "photograph.jpg");
  await readAnswer(page);
  const before = await said();
  await paste("note");
  await page.waitForTimeout(200);
  assert.equal(await said(), before);
  await closePhotograph(page);
});

test("AVIF is decoded by the browser and answered as the same pixels are", async () => {
  const before = session.observer.count();
  await chooseFile(page, AVIF, "drawing.avif", "image/avif");
  const answer = await readAnswer(page);
  assertSameAnswer(answer, predict(await asPng(AVIF), { name: "drawing.png" }));
  const shown = await page.getByTestId("photo").evaluate((image) => image.naturalWidth);
  assert.equal(shown, 96);
  await closePhotograph(page);
  assert.deepEqual(session.observer.since(before), []);
});

test("HEIC, which this browser cannot read, gets a sentence that says so", async () => {
  const heic = Buffer.concat([Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1"), Buffer.alloc(400)]);
  await chooseFile(page, heic, "IMG_0001.HEIC", "image/heic");
  const text = await readError(page);
  assert.match(text, /HEIC/);
  assert.match(text, /JPEG/);
  assert.equal(await page.getByTestId("photo").count(), 0);
});

test("an AVIF that claims a hostile size is refused before it is decoded", async () => {
  const hostile = Buffer.from(AVIF);
  const place = hostile.indexOf("ispe");
  hostile.writeUInt32BE(60_000, place + 8);
  hostile.writeUInt32BE(60_000, place + 12);
  await page.evaluate(() => {
    globalThis.decoded = 0;
    const original = globalThis.createImageBitmap;
    globalThis.createImageBitmap = (...rest) => {
      globalThis.decoded += 1;
      return original(...rest);
    };
  });
  await chooseFile(page, hostile, "hostile.avif", "image/avif");
  assert.match(await readError(page), /too many pixels/);
  assert.equal(await page.evaluate(() => globalThis.decoded), 0);

  await chooseFile(page, AVIF, "drawing.avif", "image/avif");
  await readAnswer(page);
  assert.equal(await page.evaluate(() => globalThis.decoded), 1, "the watch on the decoder saw nothing");
  await closePhotograph(page);
});

test("a phone is offered its camera; a computer with a mouse is not", async () => {
  const camera = page.getByTestId("take-photo");
  assert.equal(await camera.getAttribute("capture"), "environment");
  assert.ok(!(await page.locator("label[for=camera]").isVisible()));

  const phone = await openReadyPage(session, { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true });
  assert.ok(await phone.page.locator("label[for=camera]").isVisible());
  const bytes = sampleBytes(0);
  await phone.page.getByTestId("take-photo").setInputFiles({ name: "image.jpg", mimeType: "image/jpeg", buffer: bytes });
  assertSameAnswer(await readAnswer(phone.page), predict(bytes));
  assert.deepEqual(phone.problems, []);
  await phone.context.close();
});

test("nothing went wrong unseen", () => {
  assert.deepEqual(problems, []);
});

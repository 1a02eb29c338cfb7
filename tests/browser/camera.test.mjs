// The camera in the page: Chromium's own imitation of one, which shows a moving pattern.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openPage, openReadyPage, startBrowser } from "./helper/browser.mjs";
import { assertSameAnswer, predict } from "./helper/command_line.mjs";
import { pngChunks } from "./helper/images.mjs";
import { SCREENSHOTS, assertAccessible, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { chooseFile, closePhotograph, readAnswer, readError } from "./helper/photograph.mjs";
import { sampleBytes } from "./helper/setting.mjs";

/** Two cameras. */
const CAMERAS = "--use-fake-device-for-media-stream=device-count=2";

let session;
let opened;

/** Notes what the page asks for, gets and shows, so that it can be told whether cameras are off again. */
function watch() {
  globalThis.asked = [];
  globalThis.given = [];
  globalThis.shown = [];
  const { createObjectURL } = URL;
  URL.createObjectURL = (blob) => {
    globalThis.shown.push(blob);
    return createObjectURL(blob);
  };
  const devices = navigator.mediaDevices;
  const original = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (wish) => {
    globalThis.asked.push(JSON.parse(JSON.stringify(wish)));
    const stream = await original(wish);
    globalThis.given.push(stream);
    return stream;
  };
}

/** A page with permission for the camera. */
async function openCameraPage(open, options) {
  const opened = await open(session, options);
  await opened.context.grantPermissions(["camera"]);
  await opened.page.evaluate(watch);
  return opened;
}

async function openCamera(page) {
  await page.getByTestId("use-camera").click();
  await page.locator("[data-testid=camera][data-state=live]").waitFor();
}

const liveTracks = (page) =>
  page.evaluate(() => {
    const tracks = globalThis.given.flatMap((stream) => stream.getTracks());
    return tracks.filter((track) => track.readyState === "live").length;
  });
const focused = (page, testId) =>
  page.waitForFunction((testId) => document.activeElement?.dataset.testid === testId, testId);
const said = (page, words) =>
  page.waitForFunction(
    (words) => new RegExp(words).test(document.querySelector("[data-testid=announcement]").textContent),
    words.source,
  );

async function assertOff(page) {
  await page.getByTestId("camera").waitFor({ state: "detached" });
  assert.equal(await liveTracks(page), 0, "a camera is still on");
}

before(async () => {
  session = await startBrowser([CAMERAS]);
  opened = await openCameraPage(openReadyPage);
});
after(() => session?.close());

test("the camera is asked for when the reader says so, for a picture only, the one at the back first", async () => {
  const { page } = opened;
  assert.deepEqual(await page.evaluate(() => globalThis.asked), []);
  await openCamera(page);
  const [wish] = await page.evaluate(() => globalThis.asked);
  assert.equal(wish.audio, false);
  assert.equal(wish.video.facingMode, "environment");
  assert.equal(await page.evaluate(() => globalThis.given[0].getAudioTracks().length), 0);
  await focused(page, "camera-take");
  await said(page, /camera is on/);
  assert.equal(await page.getByTestId("camera-take").getAttribute("aria-disabled"), "false");
  // The picture moves.
  await page.waitForFunction(() => document.querySelector("[data-testid=camera-picture]").currentTime > 0);
  await assertAccessible(page, "with the camera");
  await page.screenshot({ path: `${SCREENSHOTS}1280-camera.png`, fullPage: true });
});

test("another camera is chosen, and the first goes off before the second goes on", async () => {
  const { page } = opened;
  const choice = page.getByTestId("camera-choice");
  const cameras = await choice.locator("option").evaluateAll((options) => options.map(({ value }) => value));
  assert.equal(cameras.length, 2);
  assert.equal(await choice.inputValue(), cameras[0]);
  await choice.selectOption(cameras[1]);
  await page.waitForFunction(() => globalThis.given.length === 2);
  await page.locator("[data-testid=camera][data-state=live]").waitFor();
  assert.equal(await liveTracks(page), 1);
  const used = await page.evaluate(() => globalThis.given[1].getVideoTracks()[0].getSettings().deviceId);
  assert.equal(used, cameras[1]);
  assert.equal(await choice.inputValue(), cameras[1]);
});

test("the photograph is classified as the command line does, without metadata and without any request", async () => {
  const { page, problems } = opened;
  await page.waitForTimeout(500);
  const quiet = session.observer.count();
  const size = await page.getByTestId("camera-picture").evaluate((video) => [video.videoWidth, video.videoHeight]);
  await page.getByTestId("camera-take").click();
  await assertOff(page);
  const answer = await readAnswer(page);

  const photo = page.getByTestId("photo");
  assert.deepEqual(await photo.evaluate((image) => [image.naturalWidth, image.naturalHeight]), size);
  const bytes = await page.evaluate(async () => [...new Uint8Array(await globalThis.shown.at(-1).arrayBuffer())]);
  const png = Buffer.from(bytes);
  const chunks = new Set(pngChunks(png));
  assert.deepEqual(["IHDR", "IDAT", "IEND"].filter((name) => !chunks.has(name)), []);
  for (const name of chunks) {
    // Size, pixels, and what the colours mean.
    assert.match(name, /^(IHDR|sRGB|gAMA|cHRM|iCCP|IDAT|IEND)$/);
  }
  assertSameAnswer(answer, predict(png, { name: "camera.png" }));
  assert.deepEqual(session.observer.since(quiet), []);
  assert.deepEqual(problems, []);
  await closePhotograph(page);
});

test("the button, the Escape key, a photograph and leaving the page switch it off", async () => {
  const { page } = opened;
  const ways = {
    button: () => page.getByTestId("camera-close").click(),
    escape: () => page.keyboard.press("Escape"),
    // What a browser does when the reader turns to another page.
    hidden: () =>
      page.evaluate(() => {
        Object.defineProperty(document, "hidden", { get: () => true, configurable: true });
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
        delete document.hidden;
      }),
    left: () => page.evaluate(() => globalThis.dispatchEvent(new PageTransitionEvent("pagehide"))),
  };
  for (const [way, close] of Object.entries(ways)) {
    await openCamera(page);
    assert.equal(await liveTracks(page), 1, way);
    await close();
    await assertOff(page);
    await focused(page, "use-camera");
    if (way !== "left") {
      await said(page, /camera is off/);
    }
  }

  await openCamera(page);
  // A file that is dropped or pasted while the camera is on.
  await page.evaluate((base64) => {
    const clipboardData = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    clipboardData.items.add(new File([bytes], "pasted.jpg", { type: "image/jpeg" }));
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, sampleBytes(0).toString("base64"));
  await assertOff(page);
  await readAnswer(page);

  // And with a photograph open, which stays until the next is taken.
  await openCamera(page);
  await page.keyboard.press("Escape");
  await assertOff(page);
  assert.equal(await page.getByTestId("photo").count(), 1);
  await closePhotograph(page);
});

test("a camera that comes after the reader left is switched off at once", async () => {
  const { page } = opened;
  await page.evaluate(() => {
    const devices = navigator.mediaDevices;
    const before = devices.getUserMedia;
    devices.getUserMedia = async (wish) => {
      await new Promise((resolve) => (globalThis.allow = resolve));
      devices.getUserMedia = before;
      return before(wish);
    };
  });
  const given = await page.evaluate(() => globalThis.given.length);
  await page.getByTestId("use-camera").click();
  await page.locator("[data-testid=camera][data-state=asked]").waitFor();
  assert.equal(await page.getByTestId("camera-take").getAttribute("aria-disabled"), "true");
  await page.getByTestId("camera-take").press("Enter");
  await page.keyboard.press("Escape");
  await page.getByTestId("camera").waitFor({ state: "detached" });
  await page.evaluate(() => globalThis.allow());
  await page.waitForFunction(
    (given) =>
      globalThis.given.length > given &&
      globalThis.given.every((stream) => stream.getTracks().every((track) => track.readyState === "ended")),
    given,
  );
  assert.equal(await page.getByTestId("camera").count(), 0);
});

test("what stands in the way is told in one sentence each, and the page goes on", async () => {
  const { page } = opened;
  const reasons = {
    NotAllowedError: /does not let this page use the camera/,
    NotFoundError: /No camera was found/,
    NotReadableError: /in use elsewhere/,
    UnknownError: /could not be started/,
  };
  const told = new Set();
  for (const [name, words] of Object.entries(reasons)) {
    await page.evaluate((name) => {
      const devices = navigator.mediaDevices;
      const before = devices.getUserMedia;
      devices.getUserMedia = async () => {
        devices.getUserMedia = before;
        throw new DOMException("made up", name);
      };
    }, name);
    await page.getByTestId("use-camera").click();
    await page.getByTestId("error-message").waitFor();
    const sentence = await readError(page);
    assert.match(sentence, words);
    told.add(sentence);
    await page.getByTestId("camera").waitFor({ state: "detached" });
    await focused(page, "use-camera");
    await page.getByTestId("dismiss-error").click();
  }
  assert.equal(told.size, 4);

  await openCamera(page);
  // The cable is pulled.
  await page.evaluate(() => globalThis.given.at(-1).getTracks()[0].dispatchEvent(new Event("ended")));
  assert.match(await readError(page), /switched off or disconnected/);
  await assertOff(page);
  await chooseFile(page, sampleBytes(0), "photograph.jpg");
  await readAnswer(page);
  await closePhotograph(page);
});

test("nothing went wrong unseen", async () => {
  const { page, context, problems } = opened;
  assert.deepEqual(problems, []);
  assert.equal(await liveTracks(page), 0);
  await context.close();
});

test("a reader who refuses is told so; one without a camera is offered none", async () => {
  const { context, page } = await openPage(session);
  const client = await context.newCDPSession(page);
  const target = await client.send("Target.getTargetInfo");
  await client.send("Browser.setPermission", {
    permission: { name: "camera" },
    setting: "denied",
    browserContextId: target.targetInfo.browserContextId,
  });
  await page.getByTestId("use-camera").click();
  assert.match(await readError(page), /does not let this page use the camera/);
  await context.close();

  const without = await startBrowser();
  const { page: bare } = await openPage(without);
  await bare.waitForFunction(async () => (await navigator.mediaDevices.enumerateDevices()).every(({ kind }) => kind !== "videoinput"));
  await bare.getByTestId("use-camera").waitFor({ state: "detached" });
  await without.close();
});

for (const [width, locale] of [
  [390, "en-US"],
  [320, "de-DE"],
]) {
  test(`${width} px, ${locale}: the picture and its buttons are seen together`, async () => {
    const { context, page, problems } = await openCameraPage(openPage, {
      viewport: { width, height: 844 },
      locale,
      hasTouch: true,
      isMobile: true,
      reducedMotion: "reduce",
    });
    await openCamera(page);
    await assertNoSidewaysScroll(page, "with the camera");
    await assertAccessible(page, "with the camera");
    for (const testId of ["camera-picture", "camera-take", "camera-close"]) {
      const { y, height } = await page.getByTestId(testId).boundingBox();
      assert.ok(y >= 0 && y + height <= 844, `${testId}: ${y}, ${height}`);
    }
    await page.screenshot({ path: `${SCREENSHOTS}${width}-camera.png` });
    await page.getByTestId("camera-close").click();
    await assertOff(page);
    await assertNoSidewaysScroll(page, "with the camera's button");
    assert.deepEqual(problems, []);
    await context.close();
  });
}

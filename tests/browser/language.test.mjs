// English and German: the browser's wish, the reader's choice, and no words of the one in the other.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { loadModel, openPage, openReadyPage, startBrowser } from "./helper/browser.mjs";
import { calibratedFiles } from "./helper/calibration.mjs";
import { explain, overlayStrength, setFewestSteps } from "./helper/explanation.mjs";
import { focusOn } from "./helper/focus.mjs";
import { SCREENSHOTS, assertAccessible, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { chooseFile, readAnswer, readError } from "./helper/photograph.mjs";
import { sampleFiles } from "./helper/samples.mjs";
import { sampleBytes } from "./helper/setting.mjs";
import { englishNumbers, leftBehind, wordsOf } from "./helper/words.mjs";

let session;

before(async () => {
  session = await startBrowser();
});
after(() => session?.close());

const langOf = (page) => page.evaluate(() => document.documentElement.lang);

/** Picks a language in the header's menu, which then has the focus. */
async function speak(page, language) {
  await page.getByTestId("language").focus();
  await page.getByTestId("language").selectOption(language);
  assert.equal(await langOf(page), language);
}

for (const [locale, language, title] of [
  ["en-GB", "en", "1. The model"],
  ["de-AT", "de", "1. Das Modell"],
  // A reader of neither gets English.
  ["fr-FR", "en", "1. The model"],
]) {
  test(`a browser that asks for ${locale} gets ${language}`, async () => {
    const { context, page, problems } = await openPage(session, { locale });
    assert.equal(await langOf(page), language);
    assert.equal(await page.getByTestId("language").inputValue(), language);
    assert.equal(await page.locator("#model-title").textContent(), title);
    assert.deepEqual(problems, []);
    await context.close();
  });
}

test("the language is chosen by keyboard, told to screen readers, kept in place and remembered", async () => {
  const { context, page, problems } = await openPage(session);
  await page.getByTestId("language").focus();
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(() => document.documentElement.lang === "de");
  assert.equal(await page.locator("#model-title").textContent(), "1. Das Modell");
  assert.match(await page.getByTestId("announcement").textContent(), /auf Deutsch/);
  await focusOn(page, "#language");

  await page.reload();
  await page.getByTestId("engine-status").waitFor();
  assert.equal(await langOf(page), "de", "the browser's wish won over the reader's");
  await page.getByTestId("language").focus();
  await page.keyboard.press("ArrowUp");
  await page.waitForFunction(() => document.documentElement.lang === "en");
  assert.equal(await page.locator("#model-title").textContent(), "1. The model");
  assert.deepEqual(problems, []);
  await context.close();
});

test("the gate can be read in the other language too, and leaves no English in it", async () => {
  const { context, page } = await openPage(session, { passGate: false });
  const english = await wordsOf(page);
  await page.getByTestId("gate-language").selectOption("de");
  assert.deepEqual(leftBehind(english, await wordsOf(page)), []);
  await page.getByTestId("gate-accept").click();
  assert.equal(await page.getByTestId("language").inputValue(), "de");
  await context.close();
});

test("no English is left in the German page: at first, with an answer, a map, a refusal and a failure", async () => {
  session.observer.replace({ ...calibratedFiles(-1e12), ...sampleFiles() });
  const { context, page, problems } = await openPage(session);
  const file = "IMG-0001.jpg";
  const compare = async (state) => {
    const english = await wordsOf(page);
    await speak(page, "de");
    const german = await wordsOf(page);
    assert.deepEqual(leftBehind(english, german, [file]), [], state);
    assert.deepEqual(englishNumbers(german), [], state);
    await speak(page, "en");
    assert.deepEqual(leftBehind(german, await wordsOf(page), [file]), [], `${state}, back in English`);
  };

  await page.getByTestId("open-card").click();
  await compare("at first");

  await loadModel(page, "cpu");
  await chooseFile(page, sampleBytes(0), file);
  const { ranking } = await readAnswer(page);
  await setFewestSteps(page);
  await explain(page, ranking[0]);
  await compare("with a map");
  for (const key of ranking) {
    await page.getByTestId(`about-${key}`).click();
    await compare(`with the card of ${key}`);
  }

  await page.getByTestId("sample-0").click();
  await page.getByTestId("truth").waitFor();
  await compare("with a sample");

  await chooseFile(page, Buffer.from("no photograph"), "text.jpg");
  await readError(page);
  await compare("with a failure");
  assert.deepEqual(problems, []);
  await context.close();

  session.observer.replace({ ...calibratedFiles(0), ...sampleFiles() });
  const refused = await openReadyPage(session);
  await refused.page.getByTestId("sample-0").click();
  await refused.page.getByTestId("guard-note").waitFor();
  const english = await wordsOf(refused.page);
  await speak(refused.page, "de");
  assert.deepEqual(leftBehind(english, await wordsOf(refused.page)), [], "with a refusal");
  session.observer.replace({});
  await refused.context.close();
});

test("changing the language keeps the case, and asks the network for nothing", async () => {
  session.observer.replace(sampleFiles());
  const { context, page, problems } = await openReadyPage(session);
  const pictures = "[data-testid^=sample-] img, [data-testid^=failure-] img";
  await page.waitForFunction(
    (pictures) => [...document.querySelectorAll(pictures)].every((image) => image.naturalWidth > 0),
    pictures,
  );
  await chooseFile(page, sampleBytes(0), "photograph.jpg");
  const { ranking, probabilities } = await readAnswer(page);
  await setFewestSteps(page);
  await explain(page, ranking[1]);
  const map = await overlayStrength(page);
  await page.getByTestId("opacity").fill("40");
  const { observer } = session;
  const before = observer.count();

  await speak(page, "de");
  assert.deepEqual((await readAnswer(page)).probabilities, probabilities);
  assert.equal(await page.getByTestId("explanation").getAttribute("data-label"), ranking[1]);
  assert.deepEqual(await overlayStrength(page), map);
  assert.equal(await page.getByTestId("opacity").inputValue(), "40");
  assert.equal(await page.getByTestId("label-card").getAttribute("data-label"), ranking[1]);
  const blank = await page.$$eval(pictures, (images) => images.filter((image) => image.naturalWidth === 0).length);
  assert.equal(blank, 0, "pictures of the gallery were lost");
  await focusOn(page, "#language");
  await page.waitForTimeout(1_000);
  assert.deepEqual(observer.since(before), []);
  assert.equal(await page.getByTestId("request-count").getAttribute("data-count"), "0");

  // One paste, drop or choice opens one photograph after the change as before it.
  await chooseFile(page, sampleBytes(1), "another.jpg");
  await page.locator(".file-name", { hasText: "another.jpg" }).waitFor();
  await readAnswer(page);
  assert.deepEqual(problems, []);
  observer.replace({});
  await context.close();
});

for (const width of [1280, 390, 320]) {
  test(`${width} px: German words fit, and axe finds nothing`, async () => {
    session.observer.replace({ ...calibratedFiles(-1e12), ...sampleFiles() });
    const viewport = { width, height: 900 };
    const { context, page, problems } = await openPage(session, { viewport, locale: "de-DE" });
    const check = async (state) => {
      await assertNoSidewaysScroll(page, state);
      await assertAccessible(page, state);
      await page.screenshot({ path: `${SCREENSHOTS}${width}-de-${state}.png`, fullPage: true });
    };
    await check("start");
    await page.getByTestId("open-card").click();
    await check("model-card");
    await page.getByTestId("close-card").click();
    await loadModel(page, "cpu");
    await page.getByTestId("sample-0").click();
    const { ranking } = await readAnswer(page);
    await setFewestSteps(page);
    await explain(page, ranking[0]);
    await page.getByTestId("about-IP").click();
    await check("map");
    assert.deepEqual(problems, []);
    session.observer.replace({});
    await context.close();
  });
}

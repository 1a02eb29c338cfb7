// The cards of the conditions: what is said of each, and links that do nothing until they are pressed.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { openReadyPage, startBrowser } from "./helper/browser.mjs";
import { SCREENSHOTS, assertAccessible, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { chooseFile, closePhotograph, readAnswer } from "./helper/photograph.mjs";
import { MANIFEST, PAGE, sampleBytes } from "./helper/setting.mjs";

const CONDITIONS = MANIFEST.labels.filter(({ mim }) => mim.length > 0);

let session;
let opened;
let page;

before(async () => {
  session = await startBrowser();
  opened = await openReadyPage(session);
  page = opened.page;
  await chooseFile(page, sampleBytes(0), "photograph.jpg");
  await readAnswer(page);
});
after(() => session?.close());

/** Opens a label's card by keyboard. */
async function openCard(page, key) {
  await page.getByTestId(`about-${key}`).focus();
  await page.keyboard.press("Enter");
  const card = page.locator(`[data-testid=label-card][data-label="${key}"]`);
  await card.waitFor();
  return card;
}

/** The numbers and genes that only some forms of a condition have, beyond those in the bundle. */
const MIM = { NF1: [162200], TSC: [191100, 613254], MA: [174800], ML: [151100, 611554, 613707], IP: [308300], HMI: [300337] };
const INHERITANCE = { NF1: /dominant/, TSC: /dominant/, MA: /mosaic/, ML: /dominant/, IP: /^X-linked/, HMI: /mosaic/ };

for (const { key, name, mim, genes } of CONDITIONS) {
  test(`${key}: names, number, gene, inheritance, findings and what looks like it`, async () => {
    const card = await openCard(page, key);
    assert.equal(await page.getByTestId(`about-${key}`).getAttribute("aria-pressed"), "true");
    assert.ok((await card.getByRole("heading", { level: 2 }).textContent()).includes(name));
    const read = (part) => card.getByTestId(`card-${part}`).textContent();
    assert.ok((await read("synonyms")).length > 3);
    const numbers = (await read("mim")).match(/\d{6}/g).map(Number);
    assert.deepEqual(numbers, MIM[key]);
    assert.ok(mim.every((number) => numbers.includes(number)), "not the bundle's numbers");
    const listed = await read("genes");
    assert.deepEqual(listed.split(", ").filter((gene) => /^[A-Z0-9]+$/.test(gene)), genes);
    assert.match(await read("inheritance"), INHERITANCE[key]);
    for (const part of ["skin", "similar"]) {
      assert.ok((await card.getByTestId(`card-${part}`).getByRole("listitem").count()) >= 3, part);
    }
  });
}

test("the remainder is no condition, and its card says so", async () => {
  const card = await openCard(page, "EverythingElse");
  assert.match(await card.textContent(), /not one condition/);
  assert.equal(await card.getByRole("link").count(), 0);
});

test("links are safe, and the page asks none of them for anything", async () => {
  const before = session.observer.count();
  for (const { key } of CONDITIONS) {
    const card = await openCard(page, key);
    const links = await card.getByRole("link").evaluateAll((links) =>
      links.map(({ href, target, rel, relList, textContent }) => ({
        href,
        target,
        rel,
        safe: relList.contains("noreferrer"),
        textContent,
      })),
    );
    assert.ok(links.length >= 2, key);
    for (const { href, target, safe, textContent } of links) {
      assert.match(href, /^https:\/\/(omim\.org\/entry\/\d{6}|www\.ncbi\.nlm\.nih\.gov\/(books\/NBK\d+\/|medgen\/\d+))$/);
      assert.equal(target, "_blank");
      assert.ok(safe, `${href} is told where the reader comes from`);
      assert.match(textContent, /new tab/);
    }
    for (const number of MIM[key]) {
      assert.ok(links.some(({ href }) => href.endsWith(`/${number}`)), `no link to ${number}`);
    }
    await card.getByRole("link").first().hover();
  }
  await page.waitForTimeout(1_000);
  assert.deepEqual(session.observer.since(before), []);
});

test("a link opens when it is pressed, in a tab of its own", async () => {
  const card = await openCard(page, "NF1");
  const before = session.observer.count();
  const [other] = await Promise.all([
    opened.context.waitForEvent("page"),
    card.getByRole("link", { name: "OMIM 162200" }).press("Enter"),
  ]);
  await other.waitForLoadState().catch(() => {});
  const asked = session.observer.since(before).map(({ url }) => url);
  assert.ok(asked.some((url) => url.includes("omim.org")), "the link does nothing");
  await other.close();
  assert.ok(page.url().startsWith(PAGE), "the page was left");
  assert.equal(await page.getByTestId("result-list").count(), 1);
});

test("a label that the page does not know keeps the bundle's name and numbers, in German too", async () => {
  await closePhotograph(page);
  const manifest = structuredClone(MANIFEST);
  const label = manifest.labels.find(({ key }) => key === "NF1");
  Object.assign(label, { key: "XYZ", name: "Made-up condition", mim: [123456], genes: ["ABC1"], description: "Made up." });
  session.observer.replace({ "manifest.json": Buffer.from(JSON.stringify(manifest)) });
  const { context, page: other } = await openReadyPage(session, { locale: "de-DE" });
  await chooseFile(other, sampleBytes(0), "photograph.jpg");
  await readAnswer(other);
  assert.equal(await other.getByTestId("about-XYZ").textContent(), "Made-up condition");
  assert.equal(await other.getByTestId("about-TSC").textContent(), "Tuberöse Sklerose");
  const card = await openCard(other, "XYZ");
  const text = await card.textContent();
  for (const said of ["Made up.", "123456", "ABC1"]) {
    assert.ok(text.includes(said), said);
  }
  session.observer.replace({});
  await context.close();
});

for (const width of [1280, 390]) {
  test(`${width} px: every card fits and axe finds nothing`, async () => {
    const { context, page: other } = await openReadyPage(session, { viewport: { width, height: 900 } });
    await chooseFile(other, sampleBytes(0), "photograph.jpg");
    await readAnswer(other);
    for (const { key } of CONDITIONS) {
      await openCard(other, key);
      await assertNoSidewaysScroll(other, key);
      await assertAccessible(other, key);
    }
    await other.getByTestId("label-card").screenshot({ path: `${SCREENSHOTS}${width}-condition.png` });
    await context.close();
  });
}

test("nothing went wrong unseen", () => {
  assert.deepEqual(opened.problems, []);
});

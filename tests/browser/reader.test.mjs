// The reader mode: a person answers a survey beside the model, and neither sees the other before its time.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";

import { openPage, openReadyPage, startBrowser } from "./helper/browser.mjs";
import { predict, scoreAnswers } from "./helper/command_line.mjs";
import { focusOn } from "./helper/focus.mjs";
import { assertBothLooks, assertNoSidewaysScroll } from "./helper/layout.mjs";
import { waitForOffline } from "./helper/offline.mjs";
import { dropFile, pasteFiles, readError } from "./helper/photograph.mjs";
import { CPU_PROGRAM, SAMPLES, sampleBytes } from "./helper/setting.mjs";
import { startHost } from "./helper/static_host.mjs";
import {
  askedImage,
  asking,
  atPlace,
  begin,
  chooseSurvey,
  compared,
  matrixOf,
  modelReady,
  numberedLabels,
  setUp,
  shareOf,
  storedSurvey,
  surveyFiles,
  truthOf,
  withSurveyFolder,
} from "./helper/survey.mjs";
import { leftBehind, wordsOf } from "./helper/words.mjs";

const COUNT = SAMPLES.length;

let session;

before(async () => {
  session = await startBrowser();
});
after(() => session?.close());

/** A page of the test's own; what it must not do is looked for at the end. */
async function withPage(use, options = {}) {
  const opened = await openPage(session, options);
  try {
    await use(opened.page, opened);
    assert.deepEqual(opened.problems, []);
  } finally {
    session.observer.replace({});
    await opened.context.close();
  }
}

const phase = (page) => page.getByTestId("survey").getAttribute("data-phase");
const requests = (page) => page.getByTestId("request-count").getAttribute("data-count");

/** Wilson's interval, from its formula. */
function wilson(right, total) {
  const z = 1.959963984540054;
  const [p, n] = [right / total, total];
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n)) * z) / (1 + (z * z) / n);
  return [centre - half, centre + half];
}

function assertShare({ right, total, low, high }, wanted, count) {
  assert.deepEqual([right, total], [wanted, count]);
  const [lower, upper] = wilson(right, total);
  assert.ok(Math.abs(low - lower) < 1e-9 && Math.abs(high - upper) < 1e-9, `${low} to ${high}`);
}

async function savedFile(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId(button).click()]);
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), "utf8") };
}

/** Presses the Tab key until this element has the focus. */
async function tabTo(page, testId) {
  for (let press = 0; press < 120; press += 1) {
    await page.keyboard.press("Tab");
    const here = await page.evaluate(() => document.activeElement?.dataset?.testid);
    if (here === testId) {
      return;
    }
  }
  assert.fail(`${testId} was not reached by the Tab key`);
}

/** The overlap of the drawn ellipse with the map's strongest pixels, measured on what is painted. */
async function measuredOverlap(page) {
  return page.evaluate(() => {
    const canvas = document.querySelector("[data-testid=survey-map]");
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const ellipse = document.querySelector("[data-testid=survey-region] ellipse");
    const [cx, cy, rx, ry] = ["cx", "cy", "rx", "ry"].map((name) => Number(ellipse.getAttribute(name)) / 100);
    const pixels = Array.from({ length: width * height }, (_, place) => {
      const x = ((place % width) + 0.5) / width;
      const y = (Math.floor(place / width) + 0.5) / height;
      const inside = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1;
      // Green speaks for the label, purple against it.
      const speaks = data[4 * place] < 100 ? data[4 * place + 3] : 0;
      return { place, inside, speaks };
    });
    const count = pixels.filter(({ inside }) => inside).length;
    const order = pixels.filter(({ speaks }) => speaks > 0).sort((one, other) => other.speaks - one.speaks);
    const strongest = new Set(order.slice(0, count).map(({ place }) => place));
    const both = pixels.filter(({ place, inside }) => inside && strongest.has(place)).length;
    return both / (count + strongest.size - both);
  });
}

test("the page's own survey by keyboard alone: nothing of the model before the end, then all of it, and no request", async () => {
  await withPage(async (page) => {
    await tabTo(page, "open-survey");
    await page.keyboard.press("Enter");
    await page.locator("[data-testid=survey][data-phase=setting-up]").waitFor();
    await focusOn(page, "#survey");
    await tabTo(page, "survey-reader");
    await page.keyboard.type("R 1");
    await tabTo(page, "survey-group");
    await page.keyboard.type("students");
    await tabTo(page, "method");
    await page.keyboard.press("G");
    await tabTo(page, "survey-start");
    await page.keyboard.press("Enter");
    await asking(page);
    const sent = session.observer.count();
    assert.equal(await requests(page), "0");

    const labels = await numberedLabels(page);
    assert.deepEqual([...labels].sort(), [...new Set(SAMPLES.map(({ label }) => label))].sort());
    const given = new Map();
    for (let place = 0; place < COUNT; place += 1) {
      await atPlace(page, place);
      await focusOn(page, "#survey");
      assert.match(await page.getByTestId("announcement").textContent(), new RegExp(`${place + 1} of ${COUNT}`));
      const image = await askedImage(page);
      const right = labels.indexOf(truthOf(image));
      // Two of three are right.
      const answer = place % 3 === 0 ? (right + 1) % labels.length : right;
      given.set(image, labels[answer]);
      await page.keyboard.press(String(answer + 1));
      await page.locator(`[data-testid=survey-label-${labels[answer]}]:checked`).waitFor();
      for (const hidden of ["survey-model", "survey-verdict", "survey-comparison", "answer", "explanation"]) {
        assert.equal(await page.getByTestId(hidden).count() === 0 || !(await page.getByTestId(hidden).first().isVisible()), true, hidden);
      }
      if (place === 4) {
        await tabTo(page, "survey-draw");
        await page.keyboard.press("Space");
        await tabTo(page, "region-width");
        await page.keyboard.press("ArrowRight");
        await page.locator("[data-testid=region-layer]").waitFor();
      }
      await page.keyboard.press("Enter");
    }
    // A change of mind, by the arrows.
    await focusOn(page, "[data-testid=survey-finish]");
    await page.keyboard.press("ArrowLeft");
    await atPlace(page, COUNT - 2);
    await focusOn(page, "#survey");
    await page.keyboard.press("ArrowRight");
    await atPlace(page, COUNT - 1);
    await focusOn(page, "#survey");
    assert.equal(new Set(given.keys()).size, COUNT);
    await page.keyboard.press("Enter");
    await focusOn(page, "[data-testid=survey-finish]");
    await page.keyboard.press("Enter");
    await page.locator("[data-testid=survey][data-phase=finished]").waitFor();
    assert.match(await page.getByTestId("announcement").textContent(), /Right answers: \d+ of 21/);

    const truths = [...given].map(([image, answer]) => [truthOf(image), answer]);
    const right = truths.filter(([truth, answer]) => truth === answer).length;
    assertShare(await shareOf(page, "reader"), right, COUNT);
    const matrix = await matrixOf(page, "survey-confusion");
    for (const [row, truth] of labels.entries()) {
      for (const [column, answer] of labels.entries()) {
        const count = truths.filter(([one, other]) => one === truth && other === answer).length;
        assert.equal(matrix[row][column], count, `${truth} as ${answer}`);
      }
    }

    await modelReady(page);
    const all = [];
    for (let place = 0; place < COUNT; place += 1) {
      await page.getByTestId(`survey-look-${place}`).click();
      await page.locator(`[data-testid=survey-comparison][data-place="${place}"]`).waitFor();
      all.push(await compared(page));
      if (place === 4) {
        assert.ok(Math.abs((await measuredOverlap(page)) - all[4].regionMap) < 0.05, "another overlap is painted");
      }
    }
    for (const { image, truth, answer, mapLesion } of all) {
      assert.deepEqual([truth, answer], [truthOf(image), given.get(image)]);
      assert.ok(mapLesion >= 0 && mapLesion <= 1);
    }
    const drawn = all.filter(({ regionMap }) => regionMap !== null);
    assert.equal(drawn.length, 1);
    assert.ok(drawn[0].regionLesion >= 0 && drawn[0].byChance > 0.02 && drawn[0].byChance < 0.2);
    const mean = await page.getByTestId("survey-mean-overlap").evaluate(({ dataset }) => ({ ...dataset }));
    assert.deepEqual([Number(mean.regionMap), mean.count], [drawn[0].regionMap, "1"]);
    assertShare(await shareOf(page, "model"), all.filter(({ truth, model }) => truth === model).length, COUNT);
    const focused = all.filter(({ image }) => SAMPLES.find(({ file }) => file === image).set === "focused");
    const knew = focused.filter(({ truth, answer }) => truth === answer).length;
    assertShare(await shareOf(page, "reader", "focused"), knew, focused.length);
    const counted = (await matrixOf(page, "survey-model-confusion")).flat().reduce((sum, count) => sum + count);
    assert.equal(counted, COUNT);
    // The model's answers are the command line's.
    for (const { image, model } of all.slice(0, 4)) {
      const number = SAMPLES.findIndex(({ file }) => file === image);
      const { probabilities } = predict(sampleBytes(number), { set: SAMPLES[number].set });
      assert.equal(model, Object.entries(probabilities).sort(([, one], [, other]) => other - one)[0][0], image);
    }

    const csv = await savedFile(page, "survey-csv");
    assert.equal(csv.name, "genoderm-answers-samples-R-1.csv");
    const [header, ...rows] = csv.text.trim().split(/\r?\n/);
    assert.equal(header, "survey,reader,group,image,answer");
    assert.deepEqual(rows, all.map(({ image, answer }) => `samples,R 1,students,${image},${answer}`));
    const saved = (await savedFile(page, "survey-description")).text;
    const description = JSON.parse(saved);
    assert.deepEqual(description.labels, labels);
    assert.deepEqual(description.surveys[0].questions.map(({ image }) => image), all.map(({ image }) => image));

    // The command line takes both.
    assert.match(scoreAnswers(saved, csv.text), /students: 1 of 1 surveys count/);

    assert.equal(await requests(page), "0");
    assert.deepEqual(session.observer.since(sent), [], "something was requested");
    await page.getByTestId("survey-close").click();
    await page.getByTestId("survey-close-yes").click();
    await page.locator("[data-testid=survey][data-phase=closed]").waitFor();
    assert.equal(await requests(page), "");
    assert.equal(await storedSurvey(page), null);
    await page.getByTestId("sample-0").click();
    await page.getByTestId("result-list").waitFor({ timeout: 120_000 });
  });
});

test("by mouse, with the model shown after each photograph: a seen answer stands", async () => {
  await withPage(async (page) => {
    await setUp(page, { each: true });
    await begin(page);
    const labels = await numberedLabels(page);
    const image = await askedImage(page);
    await page.getByTestId("survey-draw").check();
    const layer = await page.getByTestId("region-layer").boundingBox();
    await page.mouse.move(layer.x + layer.width * 0.1, layer.y + layer.height * 0.1);
    await page.mouse.down();
    await page.mouse.move(layer.x + layer.width * 0.6, layer.y + layer.height * 0.7, { steps: 4 });
    await page.mouse.up();
    await page.getByTestId(`survey-label-${labels[2]}`).check();
    assert.equal(await page.getByTestId("survey-comparison").count(), 0);
    await page.getByTestId("survey-next").click();
    await page.locator("[data-testid=survey-comparison][data-model]").waitFor({ timeout: 120_000 });
    const shown = await compared(page);
    assert.deepEqual([shown.image, shown.truth, shown.answer], [image, truthOf(image), labels[2]]);
    assert.ok(shown.regionMap >= 0 && shown.regionLesion >= 0);
    assert.ok(Math.abs((await measuredOverlap(page)) - shown.regionMap) < 0.05);
    const region = await page.getByTestId("survey-region").locator("ellipse").first().getAttribute("rx");
    assert.ok(Math.abs(Number(region) - 25) < 1, `drawn from 10% to 60%, and the ellipse has a radius of ${region}%`);
    // Too late.
    await page.keyboard.press("4");
    assert.equal((await compared(page)).answer, labels[2]);
    // What is left out is not shown, and can be answered later.
    await page.getByTestId("survey-next").click();
    await atPlace(page, 1);
    await page.getByTestId("survey-next").click();
    await atPlace(page, 2);
    await page.getByTestId("survey-back").click();
    await atPlace(page, 1);
    assert.equal(await page.getByTestId("survey-question").count(), 1);
    await page.getByTestId("survey-back").click();
    assert.equal((await compared(page)).answer, labels[2]);
    assert.equal(await requests(page), "0");
  });
});

test("with leave to store, a reload loses nothing; without, nothing is stored; what is cleared is not stored again", async () => {
  await withPage(async (page) => {
    await setUp(page);
    await begin(page);
    await page.keyboard.press("1");
    assert.equal(await storedSurvey(page), null, "stored without leave");
    await page.getByTestId("survey-close").click();
    await page.getByTestId("survey-close-yes").click();

    await setUp(page, { store: true });
    await begin(page);
    const labels = await numberedLabels(page);
    await page.keyboard.press("2");
    await page.getByTestId("survey-draw").check();
    await page.getByTestId("region-left").fill("12");
    await page.getByTestId("survey-next").click();
    await page.keyboard.press("5");
    await page.keyboard.press("Enter");
    await atPlace(page, 2);
    const kept = await storedSurvey(page);
    assert.deepEqual(kept.rows.slice(0, 3).map(({ answer }) => answer), [labels[1], labels[4], undefined]);
    const stored = JSON.stringify(await page.evaluate(() => ({ ...localStorage })));
    assert.ok(!/blob:|data:|base64/.test(stored) && stored.length < 20_000, "more than answers is stored");

    await page.reload();
    await page.getByTestId("survey-stored").waitFor();
    assert.equal(await page.getByTestId("survey-stored").getAttribute("data-answered"), "2");
    const [survey, model] = await Promise.all(["#survey", "#model"].map((panel) => page.locator(panel).boundingBox()));
    assert.ok(survey.y < model.y, "the reader must look for it");
    await page.getByTestId("privacy").locator("summary").click();
    const setting = page.locator("[data-testid=kept-setting][data-name=survey]");
    assert.match(await setting.textContent(), /R 1 \(students\), 2 of 21/);
    await page.getByTestId("open-survey").click();
    await begin(page, "survey-continue");
    await atPlace(page, 2);
    assert.equal(await page.getByTestId("survey-place").getAttribute("data-answered"), "2");
    await page.getByTestId("survey-back").click();
    assert.ok(await page.getByTestId(`survey-label-${labels[4]}`).isChecked());
    await page.getByTestId("survey-back").click();
    assert.ok(await page.getByTestId(`survey-label-${labels[1]}`).isChecked());
    assert.equal(await page.getByTestId("region-left").inputValue(), "12");
    assert.equal(await requests(page), "0");

    await page.getByTestId("clear-kept").click();
    await setting.waitFor({ state: "detached" });
    await page.locator("#survey").focus();
    await page.keyboard.press("3");
    await page.locator(`[data-testid=survey-label-${labels[2]}]:checked`).waitFor();
    assert.equal(await storedSurvey(page), null, "stored although it was cleared");
    await page.reload();
    await page.getByTestId("open-survey").waitFor();
    assert.equal(await page.getByTestId("survey-stored").count(), 0);
  });
});

test("stored answers are deleted by their own button, after a question", async () => {
  await withPage(async (page) => {
    await setUp(page, { store: true });
    await begin(page);
    await page.keyboard.press("1");
    await page.getByTestId("survey-close").click();
    await page.getByTestId("survey-close-yes").click();
    assert.notEqual(await storedSurvey(page), null, "closing in the midst keeps what is stored");
    await page.getByTestId("forget-survey").click();
    await page.getByTestId("forget-survey-yes").click();
    await page.getByTestId("survey-stored").waitFor({ state: "detached" });
    assert.equal(await storedSurvey(page), null);
  });
});

test("a survey from a file: a zip file of two, one is chosen, answered, saved, and taken up again from its folder", async () => {
  await withPage(async (page) => {
    await setUp(page, { reader: "Dr. A", group: "geneticist", store: true });
    await chooseSurvey(page, surveyFiles());
    await page.getByTestId("survey-choice").selectOption({ label: "S02" });
    await begin(page);
    const sent = session.observer.count();
    assert.equal(await askedImage(page), "pictures/photo-10.jpg");
    await page.keyboard.press("1");
    await page.keyboard.press("Enter");
    await atPlace(page, 1);

    await page.reload();
    await page.getByTestId("open-survey").click();
    assert.equal(await page.getByTestId("survey-continue").count(), 0, "its photographs are not there");
    await page.getByTestId("method").selectOption("2");
    await page.getByTestId("survey-from-file").check();
    // The same survey as a folder, which the browser reads while it is answered.
    await withSurveyFolder(surveyFiles(), async (folder) => {
      await page.getByTestId("survey-folder").setInputFiles(folder);
      await begin(page, "survey-continue");
      await atPlace(page, 1);
      const labels = await numberedLabels(page);
      const again = session.observer.count();
      await page.keyboard.press("2");
      await page.getByTestId("survey-finish").click();
      await modelReady(page);
      const { model, truth } = await compared(page);
      const { probabilities } = predict(sampleBytes(10), { set: SAMPLES[10].set });
      assert.equal(model, Object.entries(probabilities).sort(([, one], [, other]) => other - one)[0][0]);
      assert.equal(truth, SAMPLES[10].label);
      const { text } = await savedFile(page, "survey-csv");
      assert.deepEqual(text.trim().split("\n").slice(1), [
        `S02,Dr. A,geneticist,pictures/photo-10.jpg,${labels[0]}`,
        `S02,Dr. A,geneticist,pictures/photo-17.jpg,${labels[1]}`,
      ]);
      assert.ok(again > sent);
      assert.deepEqual(session.observer.since(again), []);
      assert.equal(await requests(page), "0");
    });
  });
});

test("what is wrong with a file is told, and the settings stay", async () => {
  await withPage(async (page) => {
    await setUp(page);
    const told = async (files, words) => {
      await chooseSurvey(page, files);
      assert.match(await readError(page), words);
      await page.getByTestId("dismiss-error").click();
    };
    await told(Buffer.from("no zip file"), /no zip file/);
    await told({ "other.json": Buffer.from("{}") }, /no surveys\.json/);
    await told({ "surveys.json": Buffer.from("{}") }, /does not describe/);
    await told(surveyFiles(({ labels }) => labels.shift()), /does not describe/);
    const files = surveyFiles();
    delete files["pictures/photo-5.jpg"];
    await told(files, /4 photographs .* 1 is missing/);
    await page.getByTestId("survey-start").click();
    assert.match(await readError(page), /Choose a survey/);
    await page.getByTestId("survey-built-in").check();
    await page.getByTestId("survey-reader").fill("");
    await page.getByTestId("survey-start").click();
    assert.match(await readError(page), /name or code/);
    assert.equal(await phase(page), "setting-up");
  });
});

test("while a survey is open nothing else is, whatever is dropped or pasted", async () => {
  await withPage(async (page) => {
    await page.getByTestId("sample-0").click();
    await page.getByTestId("result-list").waitFor({ timeout: 120_000 });
    await setUp(page);
    await begin(page);
    assert.equal(await page.getByTestId("result-list").count(), 0);
    await dropFile(page, sampleBytes(0), "photograph.jpg");
    assert.match(await readError(page), /survey is open/);
    await page.getByTestId("dismiss-error").click();
    await pasteFiles(page, [{ name: "photograph.jpg", bytes: sampleBytes(0) }]);
    assert.match(await readError(page), /survey is open/);
    assert.equal(await page.getByTestId("photo").count(), 0);
    assert.equal(await phase(page), "asking");
  });
});

test("without the model a survey can be answered all the same", async () => {
  session.observer.replace({ [`${CPU_PROGRAM}_bg.wasm`]: Buffer.from("no program") });
  await withPage(async (page) => {
    await setUp(page);
    await page.getByTestId("survey-start").click();
    await page.getByTestId("survey-try-again").waitFor({ timeout: 60_000 });
    await page.getByTestId("survey-without-model").click();
    await asking(page);
    const labels = await numberedLabels(page);
    const truth = truthOf(await askedImage(page));
    await page.keyboard.press(String(labels.indexOf(truth) + 1));
    for (let place = 1; place < COUNT; place += 1) {
      await page.getByTestId("survey-next").click();
    }
    assert.match(await page.getByTestId("survey-open-questions").textContent(), new RegExp(`^${COUNT - 1} `));
    await page.getByTestId("survey-finish").click();
    assertShare(await shareOf(page, "reader"), 1, 1);
    assert.equal(await page.getByTestId("survey-left-out").getAttribute("data-counts"), "false");
    assert.match(await page.getByTestId("survey-model").textContent(), /not there/);
    assert.equal(await requests(page), "0");
  });
});

test("without a network: loaded once, the page's own survey works, with the model's answers", async () => {
  const host = await startHost();
  const { context, page, problems } = await openReadyPage(session, { host });
  try {
    await waitForOffline(page, "complete");
    await host.stop();
    await page.reload();
    await setUp(page);
    await begin(page);
    await page.keyboard.press("1");
    for (let place = 1; place < COUNT; place += 1) {
      await page.keyboard.press("ArrowRight");
    }
    await page.getByTestId("survey-finish").click();
    await modelReady(page);
    const { total } = await shareOf(page, "model");
    assert.equal(total, COUNT);
    assert.equal(await requests(page), "0");
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
    await host.close();
  }
});

test("every view in both languages, both looks, and on narrow screens", async () => {
  await withPage(async (page) => {
    const names = ["R 1", "students", "S01", "S02"];
    const check = async (view) => {
      const english = await wordsOf(page);
      await page.getByTestId("language").selectOption("de");
      assert.deepEqual(leftBehind(english, await wordsOf(page), names), [], view);
      await page.setViewportSize({ width: 320, height: 640 });
      await assertNoSidewaysScroll(page, `${view} in German at 320 px`);
      await page.getByTestId("language").selectOption("en");
      for (const width of [320, 390, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        await assertNoSidewaysScroll(page, `${view} at ${width} px`);
        await assertBothLooks(page, `${view} at ${width} px`, `survey-${view}-${width}`);
      }
    };
    await setUp(page, { each: true, store: true });
    await chooseSurvey(page, surveyFiles());
    await page.getByTestId("survey-choice").waitFor();
    await check("settings");
    await page.getByTestId("survey-built-in").check();
    await begin(page);
    await page.keyboard.press("3");
    await page.getByTestId("survey-draw").check();
    await check("question");
    await page.getByTestId("survey-next").click();
    await page.locator("[data-testid=survey-comparison][data-model]").waitFor({ timeout: 120_000 });
    await check("shown");
    for (let place = 1; place < COUNT; place += 1) {
      await page.locator("#survey").focus();
      await page.keyboard.press("ArrowRight");
      await atPlace(page, place);
    }
    await page.getByTestId("survey-finish").click();
    await modelReady(page);
    await check("result");
    assert.equal(await requests(page), "0");
  });
});

// The two builds of the engine for the processor: a browser runs the one that it can, and both answer as the command line.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { loadModel, openPage, startBrowser } from "./helper/browser.mjs";
import { assertSameAnswer, predict } from "./helper/command_line.mjs";
import { explain, setFewestSteps } from "./helper/explanation.mjs";
import { readAnswer } from "./helper/photograph.mjs";
import { CPU_PROGRAM, PLAIN_CPU_PROGRAM, SAMPLES, sampleBytes } from "./helper/setting.mjs";

let session;

before(async () => {
  session = await startBrowser();
});
after(() => session?.close());

/** What a browser without relaxed SIMD says of a program that uses it. */
const withoutRelaxedSimd = () => {
  WebAssembly.validate = () => false;
};

for (const [browser, program, script] of [
  ["a browser with relaxed SIMD", CPU_PROGRAM, null],
  ["a browser without it", PLAIN_CPU_PROGRAM, withoutRelaxedSimd],
]) {
  test(`${browser} runs ${program} in all its workers, and answers as the command line`, async () => {
    const { context, page, problems } = await openPage(session, { script });
    const before = session.observer.count();
    await loadModel(page, "cpu");
    await page.getByTestId("sample-0").click();
    assertSameAnswer(await readAnswer(page), predict(sampleBytes(0), { set: SAMPLES[0].set }));
    await setFewestSteps(page);
    await explain(page, SAMPLES[0].label);

    const programs = session.observer.since(before).filter(({ url }) => url.endsWith("_bg.wasm"));
    const names = programs.map(({ url }) => new URL(url).pathname.split("/").pop());
    assert.deepEqual([...new Set(names)], [`${program}_bg.wasm`]);
    assert.deepEqual(problems, []);
    await context.close();
  });
}

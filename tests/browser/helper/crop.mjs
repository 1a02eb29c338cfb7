// Choosing a region of the photograph: what a mouse, a finger and a keyboard do.

import { focusOn } from "./focus.mjs";

/** The part of the page that holds one set's answer. */
export function answerOf(page, set) {
  return page.locator(`[data-testid=answer][data-set=${set}]`);
}

/** Opens the editor and waits until its rectangle has the focus. */
export async function openCrop(page) {
  await page.getByTestId("open-crop").click();
  await focusOn(page, "[data-testid=crop-frame]");
  await page.getByTestId("crop-stage").scrollIntoViewIfNeeded();
}

/** The rectangle as it is now: `[x, y, width, height, degrees]`. */
export async function draft(page) {
  return (await page.getByTestId("crop-frame").getAttribute("data-region")).split(",").map(Number);
}

/** Uses the rectangle, and returns the region of the new answer as the page tells it, every digit. */
export async function applyCrop(page) {
  const wanted = await page.getByTestId("crop-frame").getAttribute("data-region");
  await page.getByTestId("crop-apply").click();
  return answeredRegion(page, wanted);
}

/** Waits for the answer about this region; a number's last digit may change on its way to the engine and back. */
export async function answeredRegion(page, wanted) {
  await page.waitForFunction(
    (wanted) => {
      const numbers = (text) => text.split(",").map(Number);
      const answers = [...document.querySelectorAll("[data-testid=answer][data-region]")];
      return answers.some(({ dataset }) =>
        numbers(dataset.region).every((number, place) => Math.abs(number - numbers(wanted)[place]) < 1e-9),
      );
    },
    wanted,
    { timeout: 120_000 },
  );
  return wanted;
}

/** Drags with the mouse from the middle of an element by so many pixels. */
export async function dragBy(page, testId, across, down) {
  const { x, y, width, height } = await page.getByTestId(testId).boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + across / 2, y + height / 2 + down / 2, { steps: 3 });
  await page.mouse.move(x + width / 2 + across, y + height / 2 + down, { steps: 3 });
  await page.mouse.up();
}

/** Fingers on the screen: each call moves all of them at once; no finger is a lift. */
export async function fingers(page) {
  const client = await page.context().newCDPSession(page);
  const send = (type, places) =>
    client.send("Input.dispatchTouchEvent", { type, touchPoints: places.map(([x, y], id) => ({ x, y, id })) });
  return {
    down: (...places) => send("touchStart", places),
    move: (...places) => send("touchMove", places),
    up: () => send("touchEnd", []),
  };
}

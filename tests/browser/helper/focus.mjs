/**
 * Waits until the focus is on the element of this selector: the page moves it a frame after a button is gone.
 * @param {import("playwright-core").Page} page
 * @param {string} selector
 */
export async function focusOn(page, selector) {
  try {
    await page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
  } catch {
    const here = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 120));
    throw new Error(`the focus is not on ${selector} but on ${here}`);
  }
}

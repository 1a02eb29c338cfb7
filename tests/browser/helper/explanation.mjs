// Asking for a map and looking at what was drawn.

/** How long a map may take, in milliseconds: WebGPU in software needs seconds for each step. */
const MAP = 600_000;

/** Picks the smallest number of steps that the page offers. */
export async function setFewestSteps(page) {
  await setSteps(page, (values) => Math.min(...values));
}

/** Picks the largest number of steps that the page offers: a map that can still be cancelled on a fast machine. */
export async function setMostSteps(page) {
  await setSteps(page, (values) => Math.max(...values));
}

async function setSteps(page, choose) {
  await page.getByTestId("explain-settings").evaluate((details) => (details.open = true));
  const steps = page.getByTestId("steps");
  const values = await steps
    .locator("option")
    .evaluateAll((options) => options.map((option) => Number(option.value)));
  await steps.selectOption(String(choose(values)));
}

/** Explains a label and waits for its map. */
export async function explain(page, label) {
  await page.getByTestId(`explain-${label}`).click();
  await page.locator(`[data-testid=explanation][data-label="${label}"]`).waitFor({ timeout: MAP });
}

/** How many of the map's pixels are drawn, of how many, and the sum of all its values. */
export async function overlayStrength(page) {
  return page.getByTestId("overlay-canvas").evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    let drawn = 0;
    let sum = 0;
    for (let index = 0; index < data.length; index += 4) {
      drawn += data[index + 3] > 0 ? 1 : 0;
      // Weighted by place, so that the same colours elsewhere give another sum.
      sum += (data[index] - data[index + 2] + data[index + 3]) * ((index % 8191) + 1);
    }
    return { drawn, total: data.length / 4, sum };
  });
}

// Two maps side by side: what is held, what is shown, and the view of both.

/** What is said of a map, `held` or `shown`: `{ label, method, set, probability }`. */
export async function comparedMap(page, side) {
  const { label, method, set, probability } = await page
    .getByTestId(`compare-${side}`)
    .evaluate(({ dataset }) => ({ ...dataset }));
  return { label, method, set, probability: probability === undefined ? null : Number(probability) };
}

/** The pixels of a map on a canvas, as one number: weighted by place, so that the same colours elsewhere give another. */
export function inkOf(canvas) {
  return canvas.evaluate((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return data.reduce((sum, value, index) => sum + value * ((index % 8191) + 1), 0);
  });
}

/** The canvas of a map, `held` or `shown`. */
export function canvasOf(page, side) {
  return page.getByTestId(`compare-${side}`).getByTestId("compare-canvas");
}

/** The picture that takes wheel, pointers and keys. */
export function stageOf(page, side) {
  return page.getByTestId(`compare-${side}`).getByTestId("compare-stage");
}

/**
 * The view of a map as it is painted: how much it is enlarged, and its left and upper edge in fractions of the photograph,
 * measured from where the picture lies beneath its stage.
 */
export async function seenView(page, side) {
  const measured = await stageOf(page, side).evaluate((stage) => {
    const picture = stage.querySelector(".compare-picture").getBoundingClientRect();
    const area = stage.getBoundingClientRect();
    return {
      zoom: picture.width / area.width,
      x: (area.left - picture.left) / picture.width,
      y: (area.top - picture.top) / picture.height,
    };
  });
  const told = (await stageOf(page, side).getAttribute("data-view")).split(",").map(Number);
  return { measured: [measured.zoom, measured.x, measured.y], told };
}

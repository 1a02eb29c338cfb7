// A list of samples of the tests' own, whatever the page's own list holds: with masks, pictures without skin and mistakes.

import { blackPng, squareMask } from "./images.mjs";
import { SAMPLES } from "./setting.mjs";

/** The side of the made-up mask, in pixels. */
export const MASK_SIDE = 64;

/** The page's files with two drawings (the first with a mask), a picture without skin and a mistake. */
export function sampleFiles() {
  const first = { ...SAMPLES[0], set: "focused", mask: "made-up.mask.png" };
  const second = { ...SAMPLES.find(({ label }) => label !== first.label), set: "panoramic", mask: undefined };
  const list = {
    samples: [first, second],
    not_skin: [{ file: "made-up-not-skin.png" }],
    failures: [{ file: second.file, set: "panoramic", label: second.label, answered: first.label, probability: 0.81 }],
  };
  return {
    "samples.json": json(list),
    "made-up.mask.png": squareMask(MASK_SIDE),
    "made-up-not-skin.png": blackPng(80, 60),
  };
}

/** The page's files with `count` drawings, which are more than fit on any screen. */
export function manySampleFiles(count, bytes) {
  const names = Array.from({ length: count }, (_, number) => `made-up-${number}.jpg`);
  const samples = names.map((file) => ({ file, label: SAMPLES[0].label }));
  return { "samples.json": json({ samples }), ...Object.fromEntries(names.map((name) => [name, bytes])) };
}

/** What is known about the drawings of `sampleFiles`. */
export function listed(files) {
  return JSON.parse(files["samples.json"]);
}

function json(value) {
  return Buffer.from(JSON.stringify(value));
}

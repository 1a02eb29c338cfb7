// What `cargo xtask test` passes to the tests: addresses, folders and programs.

import { readFileSync } from "node:fs";
import { join } from "node:path";

function needed(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run these tests by \`cargo xtask test --stage browser\``);
  }
  return value;
}

/** Where the page is served, with a slash at its end. */
export const PAGE = needed("GENODERM_PAGE");
/** The folder that is served. */
export const DIST = needed("GENODERM_DIST");
/** The command-line program. */
export const GENODERM = needed("GENODERM_BINARY");
/** The browser and the arguments that it is started with. */
export const CHROMIUM = needed("GENODERM_CHROMIUM");
export const CHROMIUM_ARGUMENTS = needed("GENODERM_CHROMIUM_ARGUMENTS").split(" ");
/** Firefox. */
export const FIREFOX = needed("GENODERM_FIREFOX");
/** The builds of the engine for the processor: the one that Chromium runs, and the one without relaxed SIMD. */
export const CPU_PROGRAM = "engine-cpu-relaxed";
export const PLAIN_CPU_PROGRAM = "engine-cpu";
/** True where WebGPU in software is to be left out. */
export const QUICK = Boolean(process.env.GENODERM_QUICK);

/** The drawings that the page offers: `{ file, set, label, mask }`. */
export const SAMPLES = JSON.parse(readFileSync(join(DIST, "samples", "samples.json"), "utf8")).samples;

/** The bytes of a sample. */
export function sampleBytes(number) {
  return readFileSync(join(DIST, "samples", SAMPLES[number].file));
}

/** The bundled model's description. */
export const MANIFEST = JSON.parse(readFileSync(join(DIST, "bundle", "manifest.json"), "utf8"));

// A bundle of the reader's own: the bundled model's set for close-ups under another name, in memory, as a folder, as a zip file.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DIST, MANIFEST } from "./setting.mjs";
import { zipOf } from "./zip.mjs";

/** What it is called. */
export const OWN_NAME = "A model of my own";

/** Its files by name; `change` may change the manifest. */
export function ownFiles(change = () => {}) {
  const manifest = structuredClone(MANIFEST);
  const [set] = manifest.sets;
  manifest.sets = [set];
  manifest.golden.logits = { [set.name]: manifest.golden.logits[set.name] };
  manifest.evaluation = { [set.name]: manifest.evaluation?.[set.name] };
  manifest.name = OWN_NAME;
  manifest.notice = "Made for a test.";
  const shards = [...set.folds.flatMap((fold) => fold.shards), set.calibration?.reference].filter(Boolean);
  const files = Object.fromEntries(shards.map(({ file }) => [file, readFileSync(join(DIST, "bundle", file))]));
  change(manifest);
  return { "manifest.json": Buffer.from(JSON.stringify(manifest)), ...files };
}

/** Calls `use` with a folder of these files. */
export async function withFolder(files, use) {
  const folder = mkdtempSync(join(tmpdir(), "genoderm-own-"));
  try {
    for (const [name, bytes] of Object.entries(files)) {
      writeFileSync(join(folder, name), bytes);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A zip file of these files below `top`, with what macOS adds. */
export function zipped(files, top = "my model/") {
  const entries = Object.entries(files).map(([name, bytes]) => ({ name: top + name, bytes }));
  return zipOf([...entries, { name: "__MACOSX/manifest.json", bytes: Buffer.from("not this one") }]);
}

// The bundled model with a calibration of its own making: files that the page gets in the place of the bundle's, and a
// folder of them for the command line. The numbers mean nothing; both sides must make the same of them.

import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { oneSetManifest } from "./sets.mjs";
import { DIST, MANIFEST } from "./setting.mjs";

const CENTRES = "made-up-guard.safetensors";
/** Features of EfficientNet-B0 before its classifier. */
const FEATURES = 1280;

/** A safetensors file of f32 tensors: `{ name: { shape, values } }`. */
function safetensors(tensors) {
  const header = {};
  const parts = [];
  let end = 0;
  for (const [name, { shape, values }] of Object.entries(tensors)) {
    const bytes = Buffer.from(Float32Array.from(values).buffer);
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
    parts.push(bytes);
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...parts]);
}

function centres() {
  const labels = MANIFEST.labels.length;
  const tensors = {};
  for (const { fold } of MANIFEST.sets[0].folds) {
    const mean = Array.from({ length: labels * FEATURES }, (_, i) => 0.1 * Math.sin(i + fold));
    const scale = Array.from({ length: FEATURES }, (_, i) => 1 + 0.5 * Math.cos(i));
    tensors[`fold-${fold}.centres`] = { shape: [labels, FEATURES], values: mean };
    tensors[`fold-${fold}.scale`] = { shape: [FEATURES], values: scale };
  }
  return safetensors(tensors);
}

/** The files of a bundle of one set that is calibrated; the guard accepts what scores at least `threshold`. */
export function calibratedFiles(threshold) {
  const bytes = centres();
  const manifest = oneSetManifest();
  manifest.sets[0].calibration = {
    temperature: 1.7,
    conformal: { score: "aps", coverage: 0.8, threshold: 0.95 },
    guard: { score: "mahalanobis", acceptance: 0.95, threshold },
    reference: {
      file: CENTRES,
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    },
  };
  return { "manifest.json": Buffer.from(JSON.stringify(manifest)), [CENTRES]: bytes };
}

/** Calls `use` with the folder of the bundled model with some files replaced. */
export function withBundleOf(files, use) {
  const folder = mkdtempSync(join(tmpdir(), "genoderm-bundle-"));
  try {
    cpSync(join(DIST, "bundle"), folder, { recursive: true });
    for (const [name, bytes] of Object.entries(files)) {
      writeFileSync(join(folder, name), bytes);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

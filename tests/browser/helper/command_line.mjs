// The same photograph by the command line: what the page's answer must equal.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { DIST, GENODERM } from "./setting.mjs";

/** How far a probability of the page may be from the command line's. */
export const TOLERANCE = 1e-3;

/**
 * `genoderm predict --json` on a file of these bytes: the entry of its one image. `model` is a bundle's folder, `set` one
 * of its sets, or nothing for the first; `region` is what the page writes into `data-region`.
 */
export function predict(bytes, { name = "photograph.jpg", model = join(DIST, "bundle"), set, region } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "genoderm-"));
  try {
    const file = join(folder, name);
    writeFileSync(file, bytes);
    const more = [...(set ? ["--set", set] : []), ...(region ? [`--region=${region}`] : [])];
    const json = execFileSync(GENODERM, ["predict", "--json", "--model", model, ...more, file], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    return JSON.parse(json).images[0];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What `genoderm study score` says of a table of answers to the surveys of a `surveys.json`. */
export function scoreAnswers(surveys, answers) {
  const folder = mkdtempSync(join(tmpdir(), "genoderm-"));
  try {
    writeFileSync(join(folder, "surveys.json"), surveys);
    writeFileSync(join(folder, "answers.csv"), answers);
    const files = ["--study", folder, "--answers", join(folder, "answers.csv"), "--out", join(folder, "scored")];
    return execFileSync(GENODERM, ["study", "score", ...files], { encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Asserts that both say the same of every label. */
export function assertSameAnswer(answer, predicted) {
  assert.deepEqual(
    Object.keys(answer.probabilities).sort(),
    Object.keys(predicted.probabilities).sort(),
    "the labels differ",
  );
  for (const [label, expected] of Object.entries(predicted.probabilities)) {
    const found = answer.probabilities[label];
    assert.ok(
      Math.abs(found - expected) <= TOLERANCE,
      `${label}: the page says ${found}, the command line ${expected}`,
    );
  }
  assert.equal(answer.fallback, predicted.fallback, "only one of them let no network vote");
  assert.equal(answer.votes, predicted.voted.filter(Boolean).length, "the votes differ");
}

// MODEL_CARD.md of the demonstration: the bundle's own card, what its maps look at, and its mistakes.
//
//   node scripts/demo_card.mjs WORK
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [work] = process.argv.slice(2);
const card = readFileSync(join(work, "bundle/MODEL_CARD.md"), "utf8").trimEnd();
const { failures } = JSON.parse(readFileSync(join(work, "samples/samples.json"), "utf8"));
const percent = (share) => (share === null ? "" : `${(100 * share).toFixed(1)}%`);

const lines = [card, "", "## What the networks look at", ""];
lines.push(
  "Integrated Gradients for the true label on the test drawings, averaged over the folds: share of the positive attribution",
  "that lies on the drawn lesion, how often the strongest pixel does (pointing game), and the share of the picture that is",
  "lesion, which chance would reach.",
  "",
  "| set | label | pictures with a lesion | attribution on the lesion | pointing game | lesion |",
  "|---|---|---|---|---|---|",
);
for (const set of ["focused", "panoramic"]) {
  const { attribution } = JSON.parse(readFileSync(join(work, `${set}.json`), "utf8"));
  const { overall, right, labels } = attribution;
  const rows = [{ label: "all", ...overall }, { label: "all, rightly answered", ...right }, ...labels];
  for (const row of rows.filter((row) => row.masks > 0)) {
    const figures = [row.energy_inside, row.pointing_game, row.lesion_area].map(percent);
    lines.push(`| ${set} | ${row.label} | ${row.masks} | ${figures.join(" | ")} |`);
  }
}
lines.push(
  "",
  "## Mistakes",
  "",
  "The surest wrong answers on test drawings. The page shows them too.",
  "",
  "| | drawn as | answered | with probability |",
  "|---|---|---|---|",
);
for (const { file, set, label, answered, probability } of failures) {
  lines.push(`| ![a ${set} drawing of ${label}](www/samples/${file}) | ${label} (${set}) | ${answered} | ${probability} |`);
}
console.log(lines.join("\n"));

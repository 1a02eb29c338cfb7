// MODEL_CARD.md of the demonstration: the bundle's own card, what its maps look at, and its mistakes.
//
//   node scripts/demo_card.mjs WORK
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [work] = process.argv.slice(2);
const card = readFileSync(join(work, "bundle/MODEL_CARD.md"), "utf8").trimEnd();
const { failures } = JSON.parse(readFileSync(join(work, "samples/samples.json"), "utf8"));
const percent = (share) => (share === null ? "" : `${(100 * share).toFixed(1)}%`);
const read = (name) => JSON.parse(readFileSync(join(work, `${name}.json`), "utf8"));
const SETS = ["focused", "panoramic"];

const lines = [card, "", "## On many more drawings", ""];
lines.push(
  "Twenty test drawings of a label say little about skin tones and calibration, so the same bundle was measured on 100 further",
  "ones of each label and set, which nothing was trained, chosen or calibrated on. Intervals are Wilson's, 95%.",
  "",
  "| set | drawings | accuracy | 95% | calibration error | AUROC |",
  "|---|---|---|---|---|---|",
);
const interval = ([low, high]) => `${percent(low)} to ${percent(high)}`;
for (const set of SETS) {
  const { ensemble: all } = read(`${set}-large`);
  const figures = [percent(all.accuracy), interval(all.accuracy_interval), all.calibration_error.toFixed(3), all.auroc.toFixed(3)];
  lines.push(`| ${set} | ${all.pictures} | ${figures.join(" | ")} |`);
}
lines.push("", "| set | skin tone (Fitzpatrick) | drawings | accuracy | 95% |", "|---|---|---|---|---|");
for (const set of SETS) {
  for (const tone of read(`${set}-large`).skin_tones) {
    lines.push(`| ${set} | ${tone.group} | ${tone.pictures} | ${percent(tone.accuracy)} | ${interval(tone.accuracy_interval)} |`);
  }
}
const spread = (tones) => Math.max(...tones.map((t) => t.accuracy)) - Math.min(...tones.map((t) => t.accuracy));
const aims = [
  ["accuracy of at least 85%", (report) => percent(report.ensemble.accuracy)],
  ["calibration error of at most 0.05", (report) => report.ensemble.calibration_error.toFixed(3)],
  ["skin tones differ by at most 10 points", (report) => `${(100 * spread(report.skin_tones)).toFixed(1)} points`],
];
lines.push(
  "",
  "What was aimed at, and what was reached on the 20 test drawings of each label and on these 100:",
  "",
  "| aim | focused, 20 | focused, 100 | panoramic, 20 | panoramic, 100 |",
  "|---|---|---|---|---|",
);
for (const [aim, figure] of aims) {
  const cells = SETS.flatMap((set) => [figure(read(set)), figure(read(`${set}-large`))]);
  lines.push(`| ${aim} | ${cells.join(" | ")} |`);
}
lines.push(
  `| 60% of the attribution on the lesion, rightly answered close-ups | ${percent(read("focused").attribution.right.energy_inside)} | | | |`,
  "",
  "Skin tones differ most on whole photographs: pale patches hardly show on the palest skin and dark ones on the darkest, as on",
  "real skin, and a small finding leaves few pixels at 128 x 128. With 20 drawings of a label, the spread of six tones is mostly",
  "chance.",
  "",
  "## What the networks look at",
  "",
  "Integrated Gradients for the true label on the test drawings, averaged over the folds: share of the positive attribution",
  "that lies on the drawn lesion, how often the strongest pixel does (pointing game), and the share of the picture that is",
  "lesion, which chance would reach. The maps compare a drawing with itself, blurred, which is what the page starts with; the",
  "last row of each set has the paper's baseline, the mean colour of ImageNet. Deletion and insertion: area under the label's",
  "probability while parts are greyed out, or put back into the blurred picture, the most important first (in brackets: in a",
  "random order). Each baseline does well where its own reference is what replaces the parts: blur in insertion, grey in deletion.",
  "",
  "| set | label | pictures with a lesion | attribution on the lesion | pointing game | lesion | deletion | insertion |",
  "|---|---|---|---|---|---|---|---|",
);
for (const set of SETS) {
  const { overall, right, labels } = read(set).attribution;
  const rows = [
    { label: "all", ...overall },
    { label: "all, rightly answered", ...right },
    ...labels,
    { label: "all, rightly answered, baseline zero", ...read(`${set}-zero`).attribution.right },
  ];
  for (const row of rows.filter((row) => row.masks > 0)) {
    const curve = ({ area, random_area }) => `${area.toFixed(2)} (${random_area.toFixed(2)})`;
    const shares = [row.energy_inside, row.pointing_game, row.lesion_area].map(percent);
    const figures = [...shares, curve(row.deletion), curve(row.insertion)];
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

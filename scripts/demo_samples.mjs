// Chooses the pictures that come with the page: for each label three test drawings with truth and mask, six pictures
// without skin that the guards refuse (MODEL_CARD.md says how many they let pass), and the surest mistakes of each set.
// No network has learnt from any of them.
//
//   node scripts/demo_samples.mjs WORK OUT
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const [work, out] = process.argv.slice(2);
const photos = join(work, "photos");

/** For each label two close-ups and one whole photograph: page and networks have both. */
const SETS = ["focused", "focused", "panoramic"];
/** Only every second picture without skin was used to choose the guard; these are among the others. */
const NOT_SKIN = 6;
const FAILURES_PER_SET = 3;

const rows = readFileSync(join(photos, "manifest.csv"), "utf8")
  .trim()
  .split("\n")
  .map((line) => line.split(","));
const columns = rows.shift();
const manifest = rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
const test = manifest.filter((row) => row.split === "test");

mkdirSync(out, { recursive: true });
const copy = (image, name) => {
  copyFileSync(join(photos, image), join(out, name));
  return name;
};

const samples = [];
for (const label of [...new Set(test.map((row) => row.label))].sort()) {
  const taken = new Set();
  for (const set of SETS) {
    // Different people: a close-up and a photograph of the same one would show the same finding twice.
    const row = test.find((row) => row.label === label && row.set === set && !taken.has(row.source));
    taken.add(row.source);
    const name = basename(row.image, ".jpg");
    samples.push({
      file: copy(row.image, `${set}-${name}.jpg`),
      set,
      label,
      ...(row.mask ? { mask: copy(row.mask, `${set}-${name}.mask.png`) } : {}),
    });
  }
}

const foreign = readdirSync(join(photos, "not-skin")).filter((file) => file.endsWith(".jpg")).sort();
const refused = ["focused", "panoramic"].map((set) => {
  const { images } = JSON.parse(readFileSync(join(work, `${set}-not-skin.json`), "utf8"));
  return new Set(images.filter(({ guard }) => guard && !guard.accepted).map(({ file }) => basename(file)));
});
const unused = foreign.filter((file, index) => index % 2 === 1 && refused.every((set) => set.has(file)));
const step = Math.floor(unused.length / NOT_SKIN);
const notSkin = Array.from({ length: NOT_SKIN }, (_, i) => ({
  file: copy(join("not-skin", unused[i * step]), `not-skin-${i + 1}.jpg`),
}));

const failures = ["focused", "panoramic"].flatMap((set) => {
  const { mistakes } = JSON.parse(readFileSync(join(work, `${set}.json`), "utf8"));
  return mistakes.slice(0, FAILURES_PER_SET).map((mistake, i) => ({
    file: copy(mistake.image, `failure-${set}-${i + 1}.jpg`),
    set,
    label: mistake.label,
    answered: mistake.answer,
    probability: Number(mistake.answer_probability.toFixed(2)),
  }));
});

writeFileSync(
  join(out, "samples.json"),
  `${JSON.stringify({ samples, not_skin: notSkin, failures }, null, 1)}\n`,
);

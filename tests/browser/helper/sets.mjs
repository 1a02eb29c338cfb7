// The bundled networks in other sets than the bundle's own: one set only, or two whose answers can be told apart.

import { MANIFEST } from "./setting.mjs";

/** The files of a bundle with a set for close-ups and, named first, one for whole photographs: one network each. */
export function twoSetFiles() {
  const manifest = structuredClone(MANIFEST);
  const [{ name, folds }] = MANIFEST.sets;
  const logits = MANIFEST.golden.logits[name];
  const figures = MANIFEST.evaluation[name];
  manifest.sets = [
    { name: "panoramic", folds: [folds[1]] },
    { name: "focused", folds: [folds[0]] },
  ];
  manifest.golden.logits = { panoramic: [logits[1]], focused: [logits[0]] };
  manifest.evaluation = { panoramic: figures, focused: figures };
  return { "manifest.json": Buffer.from(JSON.stringify(manifest)) };
}

/** The description of a bundle with the first set only, not calibrated. */
export function oneSetManifest() {
  const manifest = structuredClone(MANIFEST);
  const [set] = manifest.sets;
  delete set.calibration;
  manifest.sets = [set];
  manifest.golden.logits = { [set.name]: manifest.golden.logits[set.name] };
  return manifest;
}

/** The files of such a bundle. */
export function oneSetFiles() {
  return { "manifest.json": Buffer.from(JSON.stringify(oneSetManifest())) };
}

/** The files of such a bundle with some of its networks only, for devices that are slow with all of them. */
export function fewFoldsFiles(count) {
  const manifest = oneSetManifest();
  const [set] = manifest.sets;
  set.folds = set.folds.slice(0, count);
  manifest.golden.logits[set.name] = manifest.golden.logits[set.name].slice(0, count);
  return { "manifest.json": Buffer.from(JSON.stringify(manifest)) };
}

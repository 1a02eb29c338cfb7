// All words of a page, and those that two languages share.

import { MANIFEST } from "./setting.mjs";

/** Every text and every name that a reader or a screen reader can meet, hidden ones included. */
export async function wordsOf(page) {
  return page.evaluate(() => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      if (!walker.currentNode.parentElement.closest("script, style, noscript")) {
        found.push(walker.currentNode.data);
      }
    }
    for (const element of document.body.querySelectorAll("*")) {
      for (const name of ["aria-label", "title", "alt", "placeholder", "aria-description"]) {
        found.push(element.getAttribute(name) ?? "");
      }
    }
    return found.map((words) => words.trim()).filter((words) => /\p{L}/u.test(words));
  });
}

/** Names that are no words of any language. */
const NAMES = new Set([
  "Genoderm",
  "English",
  "Deutsch",
  "GeneReviews",
  "MedGen",
  "Incontinentia pigmenti",
  ...MANIFEST.labels.flatMap(({ key, genes }) => [key, genes.join(", ")]),
  // The bundle speaks the language of who made it.
  ...[MANIFEST.name, MANIFEST.notice, MANIFEST.description, MANIFEST.licence, MANIFEST.provenance?.data],
]);

/** Numbers with units, MIM numbers with genes, skin types, entries of OMIM, files of a model, checksums. */
const SIGNS = /^(\d[\d.,]*\s?([kM]?B|m?s|%)|\d{6}( \(\w+\))?(, \d{6}( \(\w+\))?)*|[IV]+|OMIM \d+|[\w-]+\.safetensors|[0-9a-f]{64}|×)$/;

/** Numbers that are written as in English: 12.5% and not 12,5 %. Versions such as 0.1.0 are the same in all languages. */
export function englishNumbers(words) {
  return words.filter((word) => !NAMES.has(word) && /\d\.\d|\d%/.test(word.replace(/\d+\.\d+\.\d+/g, "")));
}

/** What is the same in both and should not be; `names` are further names. */
export function leftBehind(before, after, names = []) {
  const old = new Set(before);
  const allowed = (words) => NAMES.has(words) || SIGNS.test(words) || names.includes(words);
  return [...new Set(after)].filter((words) => old.has(words) && !allowed(words));
}

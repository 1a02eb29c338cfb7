// The icons of the installed page, from www/icon.svg. Needs the browser tests' packages (`npm ci` in tests/browser).
//
//   node scripts/icons.mjs CHROMIUM
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [executablePath] = process.argv.slice(2);
const { chromium } = createRequire(new URL("../tests/browser/package.json", import.meta.url))("playwright-core");
const www = new URL("../www/", import.meta.url);
const drawing = readFileSync(new URL("icon.svg", www), "utf8");
const kinds = {
  any: drawing,
  // Systems cut these to a shape of their own: no corners, and the drawing lies in the safe middle anyway.
  maskable: drawing.replace(' rx="7"', ""),
};

mkdirSync(new URL("icons/", www), { recursive: true });
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
for (const [kind, svg] of Object.entries(kinds)) {
  for (const side of [192, 512]) {
    const page = await browser.newPage({ viewport: { width: side, height: side } });
    await page.setContent(`<style>body { margin: 0 } svg { display: block; width: 100vw }</style>${svg}`);
    await page.screenshot({ path: new URL(`icons/${kind}-${side}.png`, www).pathname, omitBackground: true });
  }
}
await browser.close();

// The largest memory that the page's process has had when a network is loaded and has answered once, in MB (10^6 bytes).
// Linux only: the kernel keeps the peak, whatever the memory was for.

import { readFileSync, readdirSync } from "node:fs";

import { newContext, openContestant, startBrowser } from "./browser.mjs";

export async function memory(request, side, engine) {
  const once = async () => {
    const session = await startBrowser();
    try {
      const context = await newContext(session);
      const { ready } = await openContestant(context, { ...request, work: "forward" }, side, engine);
      return { ready, peak: peakOfPages(session.server.process().pid) };
    } finally {
      await session.close();
    }
  };
  const { ready } = await once();
  return {
    ready,
    run: async (times) => {
      const values = [];
      for (let done = 0; done < times; done += 1) {
        values.push((await once()).peak);
      }
      return values;
    },
    close: async () => {},
  };
}

/** The peak of the largest of a browser's processes that render pages. */
function peakOfPages(browser) {
  const parents = new Map();
  for (const name of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      parents.set(Number(name), Number(field(name, "PPid")));
    } catch {
      // It has ended meanwhile.
    }
  }
  const belongs = (pid) => pid === browser || (pid > 1 && belongs(parents.get(pid) ?? 0));
  const renders = (pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer");
  const peaks = [...parents.keys()]
    .filter((pid) => belongs(pid) && renders(pid))
    .map((pid) => (Number(field(pid, "VmHWM").split(" ")[0]) * 1024) / 1e6);
  if (!peaks.length) throw new Error("no process of the page was found");
  return Math.max(...peaks);
}

function field(pid, name) {
  const found = readFileSync(`/proc/${pid}/status`, "utf8").match(new RegExp(`^${name}:\\s+(.*)$`, "m"));
  return found?.[1] ?? "";
}

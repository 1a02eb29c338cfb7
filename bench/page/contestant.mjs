// The pages' side of the benchmarks: the protocol of bench/native/src/contest.rs, answered by a page in Chromium.
//
//     node contestant.mjs genoderm|ort cpu|webgpu

import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

import { bytes } from "./works/bytes.mjs";
import { coldStart } from "./works/cold_start.mjs";
import { memory } from "./works/memory.mjs";
import { networks } from "./works/networks.mjs";

/** The works that are not the networks'. */
const WORKS = { bytes, "cold-start": coldStart, memory };

const [side, engine] = process.argv.slice(2);
let work;

async function reply(request) {
  if (request.do === "prepare") {
    await work?.close();
    work = null;
    work = await (WORKS[request.work] ?? networks)(request, side, engine);
    writeFileSync(request.answer, Buffer.from(Float32Array.from(work.answer ?? []).buffer));
    return { ready: work.ready };
  }
  return { values: await work.run(request.times) };
}

// The end of the input ends everything, also in the middle of a work; Chromium ends with this process.
process.stdin.on("end", () => process.exit(0));

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await reply(JSON.parse(line)).catch((error) => ({ error: String(error?.message ?? error) }));
  console.log(JSON.stringify(answer));
}

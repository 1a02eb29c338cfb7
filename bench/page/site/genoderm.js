// Genoderm's engine without the page around it: the worker that the page starts, driven by the page's own messages.

import { programOf } from "../program.js";

/** A worker and its answers. */
class Engine {
  constructor(backend) {
    this.worker = new Worker("../engine.js", { type: "module", name: programOf(`engine-${backend}`) });
    this.number = 0;
    this.waiting = new Map();
    this.booted = new Promise((resolve, reject) => {
      this.worker.addEventListener("error", (event) => reject(new Error(event.message ?? "the worker failed")));
      this.worker.addEventListener("message", ({ data }) => {
        if (!Array.isArray(data)) return;
        const [json, ...buffers] = data;
        const event = JSON.parse(json);
        if (event.type === "booted") resolve(event);
        if (event.type === "crashed") this.end(new Error(JSON.stringify(event.failure)));
        const waiting = this.waiting.get(event.id);
        if (event.type === "failed") waiting?.reject(new Error(JSON.stringify(event.failure)));
        if (["loaded", "classified", "explained"].includes(event.type)) waiting?.resolve({ ...event, buffers });
      });
    });
  }

  end(error) {
    for (const { reject } of this.waiting.values()) reject(error);
  }

  async ask(request, ...buffers) {
    await this.booted;
    this.number += 1;
    const id = this.number;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage([JSON.stringify({ id, ...request }), ...buffers], buffers);
    });
  }
}

let engine;
let work;

const bytesOf = async (address) => (await fetch(address)).arrayBuffer();

const WORKS = {
  /** Milliseconds of the networks, without the file's decoding; the answer is all logits. */
  forward: async (photo) => {
    const { classification } = await engine.ask({ type: "classify", set: null }, photo.slice(0));
    const folds = classification.sets.flatMap(({ folds }) => folds);
    return { value: classification.timings.networksMs, answer: folds.flatMap(({ logits }) => logits) };
  },
  /** Decoding and resizing. */
  photograph: async (photo) => {
    const { timings } = (await engine.ask({ type: "classify", set: null }, photo.slice(0))).classification;
    return { value: timings.decodeMs + timings.prepareMs, answer: [] };
  },
  /** The map of a photograph that was classified before; the answer is what each pixel contributed to the logit. */
  gradients: async (photo, { target, steps }, { labels }) => {
    const settings = { set: "focused", target: labels[target].key, steps };
    const { explanation, buffers } = await engine.ask({ type: "explain", settings });
    const heat = Array.from(new Float32Array(buffers[1]), (value) => value * explanation.scale);
    return { value: explanation.totalMs, answer: heat };
  },
};

globalThis.contestant = {
  async prepare(case_, backend) {
    engine = new Engine(backend);
    const { network, size, folds, work: kind } = case_;
    const bundleUrl = new URL(`../data/bundles/${network}-${size}-${folds}/manifest.json`, document.baseURI).href;
    const workers = case_.workers || navigator.hardwareConcurrency;
    const loaded = await engine.ask({ type: "load", bundleUrl, version: null, first: null, workers });
    const file = kind === "photograph" ? "photo.jpg" : `photo-${size}.png`;
    const photo = await bytesOf(new URL(`../data/${file}`, document.baseURI));
    if (kind === "gradients") await engine.ask({ type: "classify", set: null }, photo.slice(0));
    work = () => (WORKS[kind] ?? WORKS.forward)(photo, case_, loaded.bundle);
    const { answer } = await work();
    return { ready: `Genoderm ${loaded.engine.version} in the browser`, answer };
  },
  async run(times) {
    const values = [];
    for (let done = 0; done < times; done += 1) {
      values.push((await work()).value);
    }
    return values;
  },
};

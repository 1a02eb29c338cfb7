// ONNX Runtime Web on the page's own thread, as its documentation starts it. `?engine=webgpu` chooses that provider;
// `?threads=2` the threads of its wasm; `?network=...&size=...` makes it a page that answers for a chosen photograph.

const settings = new URLSearchParams(location.search);
const engine = settings.get("engine") ?? "cpu";
const ort = await import(engine === "webgpu" ? "../ort/ort.webgpu.min.mjs" : "../ort/ort.wasm.min.mjs");
ort.env.wasm.numThreads = Number(settings.get("threads")) || navigator.hardwareConcurrency;
const providers = [engine === "webgpu" ? "webgpu" : "wasm"];

/** The networks of an ensemble. */
async function sessionsOf({ network, size, folds }) {
  const sessions = [];
  for (let fold = 0; fold < folds; fold += 1) {
    const address = new URL(`../data/${network}-${size}-${fold}.onnx`, document.baseURI).href;
    sessions.push(await ort.InferenceSession.create(address, { executionProviders: providers }));
  }
  return sessions;
}

/** One answer after the other, read back: all logits. */
async function answer(sessions, input) {
  const logits = [];
  for (const session of sessions) {
    const outputs = await session.run({ [session.inputNames[0]]: input });
    logits.push(...(await outputs[session.outputNames[0]].getData()));
  }
  return logits;
}

let work;

globalThis.contestant = {
  async prepare(case_) {
    const sessions = await sessionsOf(case_);
    const file = await fetch(new URL(`../data/input-${case_.size}.f32`, document.baseURI));
    const values = new Float32Array(await file.arrayBuffer());
    const input = new ort.Tensor("float32", values, [1, 3, case_.size, case_.size]);
    work = () => answer(sessions, input);
    return { ready: `onnxruntime-web ${ort.env.versions.web ?? ort.env.versions.common}`, answer: await work() };
  },
  async run(times) {
    const values = [];
    for (let done = 0; done < times; done += 1) {
      const start = performance.now();
      await work();
      values.push(performance.now() - start);
    }
    return values;
  },
};

/** A photograph as the network's input: decoded, turned and resized by the browser. */
async function inputOf(file, size) {
  const bitmap = await createImageBitmap(file, { resizeWidth: size, resizeHeight: size, resizeQuality: "medium" });
  const context = new OffscreenCanvas(size, size).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, size, size);
  const values = new Float32Array(3 * size * size);
  const [mean, std] = [[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]];
  for (let channel = 0; channel < 3; channel += 1) {
    for (let pixel = 0; pixel < size * size; pixel += 1) {
      values[channel * size * size + pixel] = (data[4 * pixel + channel] / 255 - mean[channel]) / std[channel];
    }
  }
  return new ort.Tensor("float32", values, [1, 3, size, size]);
}

if (settings.has("network")) {
  const [network, size] = [settings.get("network"), Number(settings.get("size"))];
  const sessions = sessionsOf({ network, size, folds: 1 });
  const input = document.querySelector("input");
  const show = async () => {
    const logits = await answer(await sessions, await inputOf(input.files[0], size));
    const list = document.createElement("ol");
    list.dataset.testid = "result-list";
    list.textContent = logits.join(", ");
    document.body.append(list);
  };
  input.addEventListener("change", show);
  if (input.files.length) show();
}

// Starts the engine whose name this worker has, and tells the page of every request that the worker makes: a page sees its
// own requests only. The first are those for the engine's program, then those for the model.
const tell = (list) => {
  const entries = list.getEntries();
  postMessage({ requests: entries.map(({ name, startTime, transferSize }) => [name, performance.timeOrigin + startTime, transferSize]) });
};
new PerformanceObserver(tell).observe({ type: "resource", buffered: true });

// An uncaught error, unlike a refused promise, is told to whoever started this worker.
const fail = (error) =>
  setTimeout(() => {
    throw error;
  });

const [program, member] = self.name.split(" ");
if (member) {
  // One of several workers: the engine that started it sends its own program, compiled, once it is asked. (What is posted
  // to a worker before its script has run can be lost.)
  const start = ({ data }) =>
    import(`./${program}.js`)
      .then((engine) => engine.default({ module_or_path: data }))
      .catch(fail);
  addEventListener("message", start, { once: true });
  postMessage({ awake: true });
} else {
  import(`./${program}_loader.js`).catch(fail);
}

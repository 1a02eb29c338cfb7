// Starts the engine whose name this worker has, and tells the page of every request that the worker makes: a page sees its
// own requests only. The first are those for the engine's program, then those for the model.
const tell = (list) => {
  const entries = list.getEntries();
  postMessage({ requests: entries.map(({ name, startTime, transferSize }) => [name, performance.timeOrigin + startTime, transferSize]) });
};
new PerformanceObserver(tell).observe({ type: "resource", buffered: true });

import(`./${self.name}_loader.js`).catch((error) => {
  // An uncaught error, unlike a refused promise, is told to the page.
  setTimeout(() => {
    throw error;
  });
});

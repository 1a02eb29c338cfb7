// The page's side of offline use: starts the service worker (www/sw.js), fetches what is to be kept while no photograph
// is open, and hears of new versions. The interface (app/src/offline.rs) calls the functions of `genodermOffline` and
// listens for the event "genoderm-offline".

import { ENGINES, programOf } from "./program.js";

/** How long the model waits at most for the service worker at the first visit, in milliseconds. */
const SETTLING = 10_000;
/** How long the service worker may take to say what it keeps, in milliseconds. */
const SILENCE = 30_000;
/** How long a new version may take to replace the old one before it is asked again, in milliseconds. */
const INSISTING = 1_000;
/** How often it is asked before the page is reloaded without having heard of it. */
const ATTEMPTS = 10;

const container = navigator.serviceWorker;
let registration;
/** Whether this page's files come through the service worker. */
let controlled = Boolean(container?.controller);
/** Whether another window has taken a new version, or one waits. */
let offered = false;
/** Whether this page asked for the new version, and is to be reloaded with it. */
let taking = false;
let photographOpen = false;
/** The parts that are to be kept. */
const wanted = new Set(["shell"]);
let fetching = false;
/** Whether more was wanted meanwhile. */
let again = false;
/** What the interface is told. */
let report = { state: "unknown", complete: [], parts: [], kept: 0, rest: 0, done: 0, total: 0, offered: false };

let settle;
const settled = new Promise((resolve) => {
  settle = resolve;
});
if (controlled) {
  settle();
}

async function begin() {
  setTimeout(settle, SETTLING);
  container?.addEventListener("message", ({ data, ports }) => {
    if (data?.type === "is a photograph open") {
      ports[0].postMessage(photographOpen);
    }
  });
  container?.addEventListener("controllerchange", controllerChanged);
  try {
    registration = await container?.register(new URL("./sw.js", import.meta.url), {
      scope: new URL("./", import.meta.url).href,
      // Whatever a host lets the browser keep, a new version is seen at the next visit.
      updateViaCache: "none",
    });
  } catch (error) {
    console.warn(`no offline use: ${error.message}`);
  }
  if (!registration) {
    settle();
    tell({ state: "unsupported" });
    return;
  }
  watch(registration.installing);
  registration.addEventListener("updatefound", () => watch(registration.installing));
  // A page that was reloaded past the service worker has none until the next time. One that is still being activated is
  // about to take this page.
  if (registration.active?.state === "activated") {
    settle();
  }
  look();
}

function watch(worker) {
  worker?.addEventListener("statechange", () => {
    if (worker.state === "redundant" && !registration.active) {
      // The first one could not keep the page: no other will come before the next visit.
      settle();
      tell({ state: "failed" });
    } else {
      look();
    }
  });
}

function controllerChanged() {
  if (taking) {
    location.reload();
    return;
  }
  // The first service worker is no new version; a later one was taken in another window, whose reader knows.
  offered ||= controlled;
  controlled = true;
  settle();
  work();
}

/** Fetches, through the service worker, what is wanted and not kept yet. Stops while a photograph is open. */
async function work() {
  again = fetching;
  if (fetching || photographOpen || !container?.controller) {
    look();
    return;
  }
  fetching = true;
  try {
    const files = (await whatIsKept()).filter(({ part, kept }) => wanted.has(part) && !kept);
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    let done = 0;
    for (const { address } of files) {
      if (photographOpen) {
        break;
      }
      tell({ state: "fetching", done, total });
      const response = await fetch(address);
      if (!response.ok) {
        throw new Error(`${address}: status ${response.status}`);
      }
      const count = (piece) => {
        done += piece.length;
        tell({ state: "fetching", done, total });
      };
      await response.body.pipeTo(new WritableStream({ write: count }));
    }
  } catch (error) {
    console.warn(`not everything is kept: ${error.message}`);
  }
  fetching = false;
  await (again ? work() : look());
}

/** Tells the interface how things are. */
async function look() {
  offered ||= Boolean(registration?.waiting && container.controller);
  if (fetching || !container?.controller) {
    tell({});
    return;
  }
  let files;
  try {
    files = await whatIsKept();
  } catch (error) {
    console.warn(`nothing is known of what is kept: ${error.message}`);
    tell({});
    return;
  }
  const sum = (some) => some.reduce((sum, { bytes }) => sum + bytes, 0);
  const missing = files.filter(({ kept }) => !kept);
  const parts = new Set(files.map(({ part }) => part));
  const lacking = missing.some(({ part }) => wanted.has(part));
  // Something may have begun while the service worker was asked.
  if (!fetching) {
    tell({
      state: !lacking ? "idle" : photographOpen ? "waiting" : "failed",
      complete: [...parts].filter((part) => !missing.some((file) => file.part === part)),
      parts: [...parts].map((part) => ({ part, kept: sum(files.filter((file) => file.part === part && file.kept)) })),
      kept: sum(files.filter(({ kept }) => kept)),
      rest: sum(missing),
    });
  }
}

/** The files that are of use to this browser, by the name of their engine: of two builds of one it runs one. */
async function whatIsKept() {
  const engines = new Map(ENGINES.map((engine) => [programOf(engine), engine]));
  const files = await ask("what is kept");
  return files
    .filter(({ part }) => engines.has(part) || !part.startsWith("engine-"))
    .map((file) => ({ ...file, part: engines.get(file.part) ?? file.part }));
}

/** Has the service worker do something, after which it says what it keeps. */
function ask(type) {
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(() => reject(new Error("the service worker does not answer")), SILENCE);
    container.controller.postMessage({ type }, [port2]);
  });
}

function tell(news) {
  report = { ...report, ...news, offered };
  window.dispatchEvent(new CustomEvent("genoderm-offline", { detail: JSON.stringify(report) }));
}

globalThis.genodermOffline = {
  /** Starts the service worker. */
  begin: () => void begin(),
  /** Resolves when what is fetched from now on is kept, or when that cannot be waited for. */
  settled: () => settled,
  /** No request is made from here while a photograph is open. */
  photograph: (open) => {
    photographOpen = open;
    if (!open) {
      work();
    }
  },
  /** The model was loaded by this engine: both are to be kept, and the samples. */
  keepModel: (engine) => {
    ["model", "samples", `engine-${engine}`].forEach((part) => wanted.add(part));
    work();
  },
  /** The reader wants all there is, the other engine included, and the browser not to throw it away. */
  keepEverything: () => {
    ["model", "samples", ...ENGINES].forEach((part) => wanted.add(part));
    navigator.storage?.persist?.().catch(() => {});
    work();
  },
  /** Removes engines, model and samples from this device; what is loaded goes on working. */
  forget: async () => {
    wanted.clear();
    wanted.add("shell");
    try {
      await ask("forget");
    } catch (error) {
      console.warn(`nothing was removed: ${error.message}`);
    }
    await look();
  },
  /** Reloads the page with the new version. */
  takeNewVersion: () => {
    if (registration?.waiting) {
      taking = true;
      takeOver(ATTEMPTS);
    } else {
      location.reload();
    }
  },
};

/**
 * Has the waiting version take over, whereupon this page is reloaded. A browser lets the old version finish what it is
 * doing, and may miss the end of it: hence more than once. What this page itself keeps it busy with ends with the page.
 */
function takeOver(attempts) {
  if (attempts === 0) {
    location.reload();
    return;
  }
  registration.waiting?.postMessage({ type: "take over" });
  setTimeout(takeOver, INSISTING, attempts - 1);
}

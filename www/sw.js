// The service worker: keeps the page's files on this device, so that it opens and works without a network.
//
// The build (xtask/src/page/release.rs) puts one line before this text: `const RELEASE = { version, headers, files }`.
// It lists every file of the page with its media type, length, SHA-256 and part.
// - A file is kept under its checksum: what did not change between two versions is not downloaded again.
// - The checksum is compared when a file is stored and again each time it is read. A damaged one is fetched anew.
// - The page itself (the part "shell") is kept at once. Engines, model and samples are kept when the page fetches them and
//   not before: they are large, and whoever pays for each megabyte has not asked for them yet.
// - A new version waits until the reader takes it (www/offline.js); only then the files of the old one are removed.
// - Nothing is fetched that the page does not ask for, but for the shell, and that not while a photograph is open.

const SCOPE = self.registration.scope;
/** Several Genoderms of one host, under different paths, must not share what they keep. */
const STORE = `genoderm ${SCOPE}`;
/** How long a page may take to say whether a photograph is open, in milliseconds. */
const SILENCE = 2_000;
/** How long to wait before it is asked again, in milliseconds. */
const PATIENCE = 500;

const byAddress = new Map(RELEASE.files.map((file) => [addressOf(file), file]));
/** Files on their way into the store. */
const storing = new Set();

self.addEventListener("install", (event) => event.waitUntil(keepShell()));

self.addEventListener("activate", (event) => event.waitUntil(removeOldFiles().then(() => self.clients.claim())));

self.addEventListener("message", (event) => {
  switch (event.data?.type) {
    case "take over":
      event.waitUntil(self.skipWaiting());
      break;
    case "what is kept":
      event.waitUntil(tellWhatIsKept(event.ports[0]));
      break;
    case "forget":
      event.waitUntil(forget().then(() => tellWhatIsKept(event.ports[0])));
      break;
  }
});

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const file = byAddress.get(plainAddress(url));
  if (file && method === "GET") {
    event.respondWith(answer(file, event));
  } else if (file && method === "HEAD") {
    event.respondWith(answerWithSize(file, event.request));
  }
});

// Answering

/** The kept file, or the server's, which is kept on the way. */
async function answer(file, event) {
  const { cache, mode } = event.request;
  // The engine asks so when a part of the model turned out to be wrong. A reader's reload is no such doubt.
  const doubted = cache === "reload" && mode !== "navigate";
  const bytes = doubted ? null : await kept(file);
  if (bytes) {
    return dressed(file, bytes);
  }
  const response = await fetch(event.request);
  if (!response.ok) {
    return response;
  }
  const { body, stored } = storedOnTheWay(file, response.body);
  event.waitUntil(stored);
  return dressed(file, body);
}

/**
 * A stream that goes on to the page, and a promise for when it is stored, which it is if it comes to its end. (The two
 * branches of `clone()` would not do: a reader who cancels a download must not pay for the rest of it.)
 */
function storedOnTheWay(file, stream) {
  const reader = stream.getReader();
  const pieces = [];
  let finish;
  const stored = new Promise((resolve) => {
    finish = resolve;
  });
  const body = new ReadableStream({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          pieces.push(value);
          controller.enqueue(value);
          return;
        }
        // Before the page learns of the end: it may ask at once what is kept.
        finish(remember(new Blob(pieces).arrayBuffer().then((bytes) => store(file, bytes))));
        controller.close();
      } catch (error) {
        finish();
        controller.error(error);
      }
    },
    cancel: (reason) => {
      finish();
      return reader.cancel(reason);
    },
  });
  return { body, stored };
}

/** How long a file is: from the list where the network need not or cannot be asked. */
async function answerWithSize(file, request) {
  const known = () => dressed(file, null, { "Content-Length": String(file.bytes) });
  if (await isKept(file)) {
    return known();
  }
  return fetch(request).catch(known);
}

/** An answer with the headers of this version, so that its policy holds on hosts that send none, and without a network. */
function dressed(file, body, more = {}) {
  return new Response(body, { headers: { ...RELEASE.headers, "Content-Type": file.type, ...more } });
}

// Keeping

async function keepShell() {
  for (const file of RELEASE.files.filter(({ part }) => part === "shell")) {
    if (await isKept(file)) {
      continue;
    }
    await untilNoPhotographIsOpen();
    const response = await fetch(addressOf(file), { cache: "no-cache", credentials: "same-origin" });
    // A host that is just being changed has files of two versions: this one is then tried again at the next visit.
    if (!response.ok || !(await store(file, await response.arrayBuffer()))) {
      throw new Error(`${file.path} is not what was published`);
    }
  }
}

/** Stores a file if it is what the list says. */
async function store(file, bytes) {
  if ((await checksum(bytes)) !== file.sha256) {
    return false;
  }
  const cache = await caches.open(STORE);
  await cache.put(keyOf(file), new Response(bytes));
  return true;
}

/** A kept file's bytes; null where it is not kept, or is no longer what it was. */
async function kept(file) {
  try {
    const cache = await caches.open(STORE);
    const found = await cache.match(keyOf(file));
    const bytes = await found?.arrayBuffer();
    if (bytes && (await checksum(bytes)) === file.sha256) {
      return bytes;
    }
    if (bytes) {
      await cache.delete(keyOf(file));
    }
  } catch (error) {
    console.warn(`${file.path} cannot be read: ${error.message}`);
  }
  return null;
}

async function isKept(file) {
  const cache = await caches.open(STORE);
  return (await cache.match(keyOf(file))) !== undefined;
}

/** Waits for a file to be stored; one that cannot be (a full disk) is simply not kept. */
async function remember(work) {
  storing.add(work);
  try {
    await work;
  } catch (error) {
    console.warn(`a file was not kept: ${error.message}`);
  } finally {
    storing.delete(work);
  }
}

async function removeOldFiles() {
  const cache = await caches.open(STORE);
  const current = new Set(RELEASE.files.map(keyOf));
  for (const request of await cache.keys()) {
    if (!current.has(request.url)) {
      await cache.delete(request);
    }
  }
}

/** Removes all but the page itself, at the reader's wish. */
async function forget() {
  await Promise.allSettled(storing);
  const cache = await caches.open(STORE);
  for (const file of RELEASE.files.filter(({ part }) => part !== "shell")) {
    await cache.delete(keyOf(file));
  }
}

// Talking with pages

async function tellWhatIsKept(port) {
  await Promise.allSettled(storing);
  const cache = await caches.open(STORE);
  const keys = new Set((await cache.keys()).map(({ url }) => url));
  port.postMessage(
    RELEASE.files.map((file) => ({
      address: addressOf(file),
      part: file.part,
      bytes: file.bytes,
      kept: keys.has(keyOf(file)),
    })),
  );
}

/** The page promises to make no request while a photograph is open, and so does what works for it. */
async function untilNoPhotographIsOpen() {
  for (;;) {
    const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
    const ours = windows.filter(({ url }) => url.startsWith(SCOPE));
    const open = await Promise.all(ours.map(hasPhotograph));
    if (!open.includes(true)) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, PATIENCE));
  }
}

function hasPhotograph(page) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(resolve, SILENCE, false);
    page.postMessage({ type: "is a photograph open" }, [port2]);
  });
}

// Addresses

/** Where the page fetches a file. */
function addressOf({ path }) {
  // Many hosts lead index.html to the folder's own address.
  const plain = path === "index.html" ? "" : path.split("/").map(encodeURIComponent).join("/");
  return new URL(plain, SCOPE).href;
}

/** Where a file is kept; nothing lies at this address on the host. */
function keyOf({ sha256 }) {
  return new URL(`kept/${sha256}`, SCOPE).href;
}

/** An address without what does not choose the file. */
function plainAddress(url) {
  const { origin, pathname } = new URL(url);
  const address = origin + pathname;
  return address === `${SCOPE}index.html` ? SCOPE : address;
}

async function checksum(bytes) {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

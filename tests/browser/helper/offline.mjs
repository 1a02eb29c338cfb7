// What the page keeps on the device, as the page says it and as it really is.

/** Waits until the page says that it is `state`: page, complete, ... */
export async function waitForOffline(page, state) {
  await page
    .locator(`[data-testid=offline-status][data-state=${state}]`)
    .waitFor({ state: "attached", timeout: 60_000 });
}

/** The checksums under which files are kept, of all stores of the origin. */
export function keptChecksums(page) {
  return page.evaluate(async () => {
    const stores = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const keys = await Promise.all(stores.map((store) => store.keys()));
    return keys.flat().map(({ url }) => url.split("/").pop());
  });
}

/** Puts other bytes in the place of a kept file. */
export function damageKept(page, checksum) {
  return page.evaluate(async (checksum) => {
    for (const name of await caches.keys()) {
      const store = await caches.open(name);
      const key = (await store.keys()).find(({ url }) => url.endsWith(checksum));
      if (key) {
        const bytes = new Uint8Array(await (await store.match(key)).arrayBuffer());
        bytes[bytes.length >> 1] ^= 1;
        await store.put(key, new Response(bytes));
        return;
      }
    }
    throw new Error("this file is not kept");
  }, checksum);
}

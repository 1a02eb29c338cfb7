// What the page has saved on the device, read from the browser's database past the page.

/** Every saved case: `{ key, case, bytes, preview, photo, heat }`; the last three are buffers, `heat` may be null. */
export async function storedCases(page) {
  const stored = await page.evaluate(async () => {
    const known = (await indexedDB.databases()).some(({ name }) => name === "genoderm");
    if (!known) {
      return [];
    }
    const done = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const base64 = (buffer) => {
      let letters = "";
      new Uint8Array(buffer).forEach((byte) => (letters += String.fromCharCode(byte)));
      return btoa(letters);
    };
    const database = await done(indexedDB.open("genoderm"));
    const transaction = database.transaction(["cases", "contents"]);
    const [cases, contents] = [transaction.objectStore("cases"), transaction.objectStore("contents")];
    const keys = await done(cases.getAllKeys());
    const other = await done(contents.getAllKeys());
    if (keys.join() !== other.join()) {
      throw new Error(`halves of cases: ${keys} and ${other}`);
    }
    const values = await Promise.all(keys.map((key) => done(cases.get(key))));
    const large = await Promise.all(keys.map((key) => done(contents.get(key))));
    database.close();
    return keys.map((key, place) => ({
      key,
      case: values[place].case,
      bytes: values[place].bytes,
      preview: values[place].preview && base64(values[place].preview),
      photo: base64(large[place].photo),
      heat: large[place].heat ? base64(large[place].heat) : null,
    }));
  });
  const buffer = (text) => (text === null || text === undefined ? null : Buffer.from(text, "base64"));
  return stored.map((entry) => ({
    ...entry,
    preview: buffer(entry.preview),
    photo: buffer(entry.photo),
    heat: buffer(entry.heat),
  }));
}

/** Presses the button that saves the open case, and waits until it is saved. */
export async function saveCase(page) {
  await page.getByTestId("save-case").click();
  await page.getByTestId("case-saved").waitFor();
  await page.waitForFunction(() => document.querySelector("[data-testid=save-case]").getAttribute("aria-disabled") === "false");
}

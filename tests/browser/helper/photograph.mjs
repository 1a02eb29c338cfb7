// Opening photographs the ways that a reader does, and reading the page's answer.

/** How long an answer may take, in milliseconds. */
const ANSWER = 240_000;

/** Chooses a file by the button. */
export async function chooseFile(page, bytes, name, mimeType = "image/jpeg") {
  await page.getByTestId("choose-file").setInputFiles({ name, mimeType, buffer: Buffer.from(bytes) });
}

/** Chooses several files, `{ name, bytes }` each, by the button. */
export async function chooseFiles(page, files) {
  const chosen = files.map(({ name, bytes }) => ({ name, mimeType: "image/jpeg", buffer: Buffer.from(bytes) }));
  await page.getByTestId("choose-file").setInputFiles(chosen);
}

/** Drops a file on the drop zone. */
export async function dropFile(page, bytes, name, type = "image/jpeg") {
  await dropFiles(page, [{ name, bytes, type }]);
}

/** Drops several files on the drop zone. */
export async function dropFiles(page, files) {
  await page.getByTestId("drop-zone").dispatchEvent("drop", { dataTransfer: await transferOf(page, files) });
}

/** Pastes files where the focus is. */
export async function pasteFiles(page, files) {
  const transfer = await transferOf(page, files);
  await page.evaluate((clipboardData) => {
    const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(paste);
  }, transfer);
}

/** Files in the browser's own clipboard format. */
async function transferOf(page, files) {
  return page.evaluateHandle(
    (files) => {
      const transfer = new DataTransfer();
      for (const { base64, name, type } of files) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type }));
      }
      return transfer;
    },
    files.map(({ name, bytes, type = "image/jpeg" }) => ({ base64: Buffer.from(bytes).toString("base64"), name, type })),
  );
}

/** Closes the photograph, so that the next answer cannot be mistaken for this one's. */
export async function closePhotograph(page) {
  await page.getByTestId("close-photo").click();
  await page.getByTestId("result-list").waitFor({ state: "detached" });
}

/** Waits for the answer: `{ set, ranking, probabilities, fallback, votes }`. What the guard folds away is unfolded. */
export async function readAnswer(page) {
  const list = page.getByTestId("result-list");
  await list.waitFor({ state: "attached", timeout: ANSWER });
  await page.getByTestId("refused-ranking").evaluateAll((folded) => folded.forEach((details) => (details.open = true)));
  const rows = await page
    .getByTestId("result-row")
    .evaluateAll((rows) => rows.map((row) => [row.dataset.label, Number(row.dataset.probability)]));
  const voted = await page
    .getByTestId("fold-row")
    .evaluateAll((folds) => folds.filter((fold) => fold.dataset.voted === "true").length);
  return {
    set: await list.getAttribute("data-set"),
    ranking: rows.map(([label]) => label),
    probabilities: Object.fromEntries(rows),
    fallback: (await list.getAttribute("data-fallback")) === "true",
    votes: voted,
  };
}

/** Waits for the message of a failure and returns its text. */
export async function readError(page) {
  const message = page.getByTestId("error-message");
  await message.waitFor({ timeout: 60_000 });
  return (await message.textContent()).trim();
}

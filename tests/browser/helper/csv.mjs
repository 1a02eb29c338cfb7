// Reading comma-separated values back, by RFC 4180 and nothing else.

/** The rows of a table; every line must end with CRLF. */
export function parseCsv(text) {
  const rows = [[]];
  const cell = /("((?:[^"]|"")*)"|[^",\r\n]*)(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (!found) {
      throw new Error(`no CSV after ${JSON.stringify(text.slice(-40))}`);
    }
    const [, plain, quoted, end] = found;
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\r\n") {
      rows.push([]);
    }
  }
  rows.pop();
  return rows;
}

// Files made for the tests: photographs with an EXIF orientation, and files that are none.

import { crc32, deflateSync } from "node:zlib";

/** A JPEG with an EXIF block that says how to turn it (1 to 8), put before all its other blocks. */
export function withOrientation(jpeg, orientation) {
  // A 16-bit number, one of them.
  const tiff = oneEntry(0x0112, 3, 1);
  tiff.writeUInt16BE(orientation, 18);
  return withExif(jpeg, tiff);
}

/** A JPEG with an EXIF block that describes it in words. */
export function withDescription(jpeg, words) {
  const letters = Buffer.from(`${words}\0`, "latin1");
  // Letters, which lie behind the directory.
  const tiff = oneEntry(0x010e, 2, letters.length);
  tiff.writeUInt32BE(tiff.length, 18);
  return withExif(jpeg, Buffer.concat([tiff, letters]));
}

/** A TIFF directory of one entry without its value. */
function oneEntry(tag, type, count) {
  const tiff = Buffer.alloc(26);
  tiff.write("MM\0*", 0, "latin1");
  tiff.writeUInt32BE(8, 4); // where the one directory begins
  tiff.writeUInt16BE(1, 8); // its one entry
  tiff.writeUInt16BE(tag, 10);
  tiff.writeUInt16BE(type, 12);
  tiff.writeUInt32BE(count, 14);
  return tiff;
}

function withExif(jpeg, tiff) {
  const content = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), tiff]);
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
}

/** A PNG of `width` x `height` black pixels of one bit: few bytes for any size. */
export function blackPng(width, height) {
  return greyPng(width, height, 1, Buffer.alloc((Math.ceil(width / 8) + 1) * height));
}

/** A lesion mask: a PNG of `side` x `side` pixels, black but for a white square of half that side in its middle. */
export function squareMask(side) {
  const rows = Buffer.alloc((side + 1) * side);
  for (let y = side / 4; y < (side * 3) / 4; y += 1) {
    // Each row begins with the number of its filter, none.
    rows.fill(255, y * (side + 1) + 1 + side / 4, y * (side + 1) + 1 + (side * 3) / 4);
  }
  return greyPng(side, side, 8, rows);
}

/** The names of a PNG's chunks, in their order. */
export function pngChunks(png) {
  const names = [];
  for (let place = 8; place < png.length; place += png.readUInt32BE(place) + 12) {
    names.push(png.toString("latin1", place + 4, place + 8));
  }
  return names;
}

function greyPng(width, height, bitsPerPixel, rows) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = bitsPerPixel;
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(name, content) {
  const body = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(content.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/**
 * Bodies that both sides know without sending them: a piece of a fixed block, so that a byte which is lost, doubled or another
 * request's shows. Pure.
 */
import { createHash } from "node:crypto";

import { below, randomFrom } from "../support/random.ts";

/** What the bytes of a body are: any, lines of text in UTF-8, or one JSON value. */
type ContentKind = "bytes" | "text" | "json";

/** Which body it is. */
export interface Content {
  readonly kind: ContentKind;
  /** In bytes. */
  readonly size: number;
  /** Where in the block it begins. */
  readonly at: number;
}

/** The largest body. */
export const MOST_BYTES = 100_000;
/** Where a body may begin. */
export const PLACES = 65_536;

const LENGTH = MOST_BYTES + PLACES;
const random = randomFrom(20_261_130);
const CHARACTERS = ["a", "b", "c", " ", "0", "é", "Ж", "堠", "😀"];
const LINE_ENDS = ["\n", "\n", "\r\n", "\r"];

const any = Buffer.from(Array.from({ length: LENGTH }, () => below(random, 256)));
const lines = Buffer.from(Array.from({ length: LENGTH / 2 }, character).join(""), "utf8").subarray(0, LENGTH);
const letters = Buffer.from(
  Array.from({ length: LENGTH }, () => below(random, 36).toString(36)).join(""),
  "latin1",
);

/** A line end now and then; else a character of one to four bytes. */
function character(): string {
  const from = random() < 0.03 ? LINE_ENDS : CHARACTERS;
  return from[below(random, from.length)] ?? "";
}

/** The bytes of a body. JSON has two at least. */
export function bytesOf({ kind, size, at }: Content): Uint8Array<ArrayBuffer> {
  switch (kind) {
    case "bytes":
      return any.subarray(at, at + size);
    case "text":
      return lines.subarray(at, at + size);
    case "json":
      return Buffer.concat([Buffer.from('"'), letters.subarray(at, at + size - 2), Buffer.from('"')]);
  }
}

/** A checksum, short enough for a header field. */
export function checksum(bytes: Uint8Array): string {
  return createHash("sha1").update(bytes).digest("base64url");
}

/** The lines of a text, as `iterLines()` gives them. */
export function linesOf(text: string): string[] {
  const all = text.split(/\r\n|\r|\n/);
  if (all.at(-1) === "") all.pop();
  return all;
}

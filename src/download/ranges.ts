/**
 * Which version of a resource a response holds, and whether another response goes on with it (RFC 9110 §8.8, §13.1.5, §14).
 * Two versions must never be glued together: in doubt the answer is no.
 */
import type { HeaderMap } from "../core/headers.ts";

/** A version of a resource whose rest can be asked for. */
export interface Version {
  /** What `If-Range` takes: a strong entity tag, or a date that is as good as one. */
  readonly validator: string;
  /** The header that has it. */
  readonly field: "etag" | "last-modified";
  /** Length of the whole, in bytes; `null` when it was not told. */
  readonly totalBytes: number | null;
}

/** `Content-Range: bytes first-last/total`. */
export interface ContentRange {
  readonly first: number;
  readonly last: number;
  readonly totalBytes: number | null;
}

/** The head of a response. */
interface Head {
  readonly status: number;
  readonly headers: HeaderMap;
}

/** So much older than the response is a date that no second change can hide behind (RFC 9110 §8.8.2.2). */
const STRONG_DATE_MS = 1000;

/** The version in a whole response; `null` when its rest cannot be asked for safely. */
export function versionOf({ headers }: Head): Version | null {
  // A range counts bytes of the coded body, and what is stored is decoded.
  if (headers.has("content-encoding")) return null;
  const totalBytes = storedLength(headers);
  const tag = headers.get("etag");
  // With a weak tag not even the date may be used (RFC 9110 §13.1.5).
  if (tag !== null) return isStrong(tag) ? { validator: tag, field: "etag", totalBytes } : null;
  const modified = headers.get("last-modified");
  const age = Date.parse(headers.get("date") ?? "") - Date.parse(modified ?? "");
  return modified !== null && age >= STRONG_DATE_MS
    ? { validator: modified, field: "last-modified", totalBytes }
    : null;
}

/** Does the response hold the bytes of that version from `from` on? */
export function continues({ status, headers }: Head, version: Version, from: number): boolean {
  if (status !== 206 || headers.has("content-encoding")) return false;
  const range = contentRange(headers);
  if (range === null || range.first !== from) return false;
  if (headers.get(version.field) !== version.validator) return false;
  return range.totalBytes === null || version.totalBytes === null || range.totalBytes === version.totalBytes;
}

/** The `Content-Range`; `null` when there is none that makes sense. */
export function contentRange(headers: HeaderMap): ContentRange | null {
  const found = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(headers.get("content-range") ?? "");
  if (found === null) return null;
  const [first, last] = [Number(found[1]), Number(found[2])];
  const totalBytes = found[3] === "*" ? null : Number(found[3]);
  return last < first || (totalBytes !== null && last >= totalBytes) ? null : { first, last, totalBytes };
}

/** What `Content-Length` says; `null` when it says nothing of the bytes that are stored. */
export function storedLength(headers: HeaderMap): number | null {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? null : Number(length);
}

function isStrong(tag: string): boolean {
  return /^"[\x21\x23-\x7e\x80-\xff]*"$/.test(tag);
}

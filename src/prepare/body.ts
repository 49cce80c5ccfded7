/**
 * Decides which of `data`, `json` and `files` is the body, and its media type.
 *
 * `files` with `data`'s fields before them, else `data`, else `json`. Empty `data` is no body, so `json` then
 * has its turn. `json` beside one of the others is a mistake: requests drops it without a word.
 */
import {
  isArrayBuffer,
  isBlob,
  isFormData,
  isMap,
  isReadableStream,
  isUrlSearchParams,
} from "../core/realm.ts";
import { Readable } from "node:stream";

import { bytesBody, factoryBody, isStreamSource, rawBody, type Body } from "../core/body.ts";
import { InvalidBody } from "../core/errors.ts";
import type { DataInit, FieldsInit, FilesInit } from "../core/options.ts";
import { encodeFields, formType } from "./form.ts";
import { encodeJson, jsonType } from "./json.ts";
import { isMultipart, multipartBody, multipartType } from "./multipart.ts";
import { fileEntries, isRaw, multipartParts } from "./parts.ts";
import { isRecord, mustBe } from "../core/checks.ts";

/** The options that can make a body. */
export interface BodyOptions {
  readonly data?: DataInit | null | undefined;
  /** `undefined`: not given. `null` is a value. */
  readonly json?: unknown;
  readonly files?: FilesInit | null | undefined;
}

/** A body, and the `Content-Type` to set for it; `null` leaves the caller's, or none. */
export interface ChosenBody {
  readonly payload: Body | null;
  readonly contentType: string | null;
}

/**
 * Whose a given `Content-Type` is: the request's own, which must not contradict the body; one inherited from a session or a
 * scope, which do not know this body; or a final one, which goes out whatever the body is, as in a call of fetch.
 *
 * A body that has a type of its own keeps it beside an inherited one. JSON gives way, for there are many media types of JSON:
 * not to one of forms.
 */
export type Standing = "own" | "inherited" | "final";

const NOTHING: ChosenBody = { payload: null, contentType: null };

/**
 * Makes the body.
 *
 * @param givenType the caller's `Content-Type`, which wins; of a multipart body its boundary is used, or added to it.
 * @param boundary gives a random boundary; called for multipart only.
 * @param standing whose type it is.
 * @throws {TypeError} for what cannot be a body, for two bodies, for a multipart body that inherits another type, and for a form
 *   that is called JSON, or a form of the other kind.
 * @throws {InvalidJSONError} for what JSON cannot hold.
 */
export function chooseBody(
  options: BodyOptions,
  givenType: string | null,
  boundary: () => string,
  standing: Standing = "own",
): ChosenBody {
  const { data, json, files } = options;
  const given = { type: givenType, standing };
  const entries = files == null ? [] : fileEntries(files);
  const hasData = data != null && !isEmpty(data);
  if (json !== undefined && (hasData || entries.length > 0)) throw twoBodies(hasData ? "data" : "files");
  if (entries.length > 0) return multipart(besideFiles(data), entries, given, boundary);
  if (hasData) return ofData(data, given, boundary);
  if (json === undefined) return NOTHING;
  const isMislabelled = standing === "inherited" && givenType !== null && isFormType(givenType);
  const contentType = givenType === null || isMislabelled ? jsonType : null;
  return { payload: bytesBody(encodeJson(json)), contentType };
}

function twoBodies(other: "data" | "files"): TypeError {
  const advice = other === "data" ? "give one of them" : "give its text as a field of data";
  return new TypeError(`json and ${other} are both given, and a request has one body: ${advice}`);
}

/** `data` when it is no body at all. A form that encodes to nothing is one, of no bytes. */
function isEmpty(data: unknown): boolean {
  if (!data) return true;
  if (isArrayBuffer(data) || ArrayBuffer.isView(data)) return data.byteLength === 0;
  if (Array.isArray(data)) return data.length === 0;
  if (isMap(data) || isUrlSearchParams(data)) return data.size === 0;
  return isRecord(data) && !isStreamSource(data) && Object.keys(data).length === 0;
}

/** The `Content-Type` that there is already. */
interface GivenType {
  readonly type: string | null;
  readonly standing: Standing;
}

/** The type to set for a body that has one of its own; `null` when the given one stays. */
function ownType(type: string, given: GivenType): string | null {
  if (given.type === null) return type;
  // Parameters make no other type of it: a form in another charset is a form.
  return given.standing === "inherited" && essenceOf(given.type) !== essenceOf(type) ? type : null;
}

function isFormType(type: string): boolean {
  return isMultipart(type) || essenceOf(type) === formType;
}

function essenceOf(type: string): string {
  return (/^[^;,\s]*/.exec(type)?.[0] ?? "").toLowerCase();
}

function ofData(data: DataInit, given: GivenType, boundary: () => string): ChosenBody {
  if (typeof data === "function") return { payload: factoryBody(data), contentType: null };
  if (isFormData(data)) return multipart(data, [], given, boundary);
  if (isForm(data)) {
    checkLabel(given, formType);
    return {
      payload: bytesBody(encodeFields(data, "data")),
      contentType: ownType(formType, given),
    };
  }
  if (!isRaw(data)) {
    const allowed = "a record, pairs, text, bytes, a Blob, a stream, an iterable or a function";
    throw mustBe("data", allowed, data);
  }
  // Its own iterator does not tell: the rest of it, or nothing, would go out as the body.
  // (The cast: Node takes web streams here, its types tell of its own only.)
  if (isReadableStream(data) && Readable.isDisturbed(data as unknown as NodeJS.ReadableStream))
    throw new InvalidBody("data is a stream that was read from before; give a function that makes it");
  // As fetch does: a Blob knows its type.
  const type = isBlob(data) && data.type !== "" ? ownType(data.type, given) : null;
  return { payload: rawBody(data), contentType: type };
}

function multipart(
  data: FieldsInit | FormData | null,
  files: readonly (readonly [string, unknown])[],
  given: GivenType,
  random: () => string,
): ChosenBody {
  if (given.standing === "inherited" && given.type !== null && !isMultipart(given.type))
    throw twoTypes(given.type);
  checkLabel(given, "multipart/form-data");
  const { boundary, contentType } = multipartType(given.type, random);
  return { payload: multipartBody(multipartParts(data, files), boundary), contentType };
}

/** Any JSON, be it a line each. */
const JSON_TYPE = /[/+-](?:nd)?json$/;

/**
 * A form may go under a type of the program's own making, but not under that of another way to write bodies: no server can
 * read it.
 *
 * @throws {TypeError}
 */
function checkLabel({ type, standing }: GivenType, written: string): void {
  if (type === null || standing !== "own") return;
  const isJson = JSON_TYPE.test(essenceOf(type));
  if (!isJson && (!isFormType(type) || isMultipart(type) === isMultipart(written))) return;
  const advice = isJson
    ? "write json for a JSON body, or leave the header out"
    : isMultipart(type)
      ? "leave the header out, and write files or a FormData for a multipart body"
      : "leave the header out, and write data alone for such a form";
  throw new TypeError(
    `Content-Type says ${essenceOf(type)}, and the body is written as ${written}: ${advice}`,
  );
}

function twoTypes(type: string): TypeError {
  return new TypeError(
    `the body is multipart, and the session or scope says Content-Type: ${essenceOf(type)} for all of its requests: ` +
      `take it from there, or give headers: { "Content-Type": null } with this one`,
  );
}

/** @throws {TypeError} for `data` that has no fields: a stream cannot be part of a form. */
function besideFiles(data: DataInit | null | undefined): FieldsInit | FormData | null {
  if (data == null || isEmpty(data)) return null;
  if (isFormData(data) || isForm(data)) return data;
  throw mustBe("data", "fields when there are files", data);
}

function isForm(data: unknown): data is FieldsInit {
  if (Array.isArray(data) || isMap(data) || isUrlSearchParams(data)) return true;
  return isRecord(data) && !isStreamSource(data);
}

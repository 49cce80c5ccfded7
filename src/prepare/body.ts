/**
 * Decides which of `data`, `json` and `files` is the body, and its media type.
 *
 * Precedence is requests' (PARITY BOD-1): files with `data`'s fields before them, else `data`, else `json`. Empty `data` is
 * no body (BOD-7), so `json` then has its turn.
 *
 * May import: `core/`. Pure.
 */
import { bytesBody, describe, factoryBody, isStreamSource, rawBody, type Body, type RawBody } from "../core/body.ts";
import type { DataInit, FieldsInit, FilesInit } from "../core/options.ts";
import { encodeFields, formType } from "./form.ts";
import { encodeJson, jsonType } from "./json.ts";
import { filesPresent, multipartBody, multipartType } from "./multipart.ts";
import { isRecord } from "./record.ts";

/** The options that can make a body. */
export interface BodyOptions {
  readonly data: DataInit | null | undefined;
  /** `undefined`: not given. `null` is a value. */
  readonly json: unknown;
  readonly files: FilesInit | null | undefined;
}

/** A body, and the `Content-Type` to set for it; `null` leaves the caller's, or none. */
export interface ChosenBody {
  readonly payload: Body | null;
  readonly contentType: string | null;
}

const NOTHING: ChosenBody = { payload: null, contentType: null };

/**
 * Makes the body.
 *
 * @param givenType the caller's `Content-Type`, which wins; of a multipart body its boundary is used, or added to it.
 * @param boundary gives a random boundary; called for multipart only.
 * @throws {TypeError} for what cannot be a body.
 * @throws {InvalidJSONError} for what JSON cannot hold.
 */
export function chooseBody(options: BodyOptions, givenType: string | null, boundary: () => string): ChosenBody {
  const { data, json, files } = options;
  if (files != null && filesPresent(files)) {
    return multipart(partsSource(data), files, givenType, boundary);
  }
  if (hasData(data)) return ofData(data, givenType, boundary);
  if (json === undefined) return NOTHING;
  return { payload: bytesBody(encodeJson(json)), contentType: givenType === null ? jsonType : null };
}

/** The body of a transfer, and the fields that frame it or say what it is. */
import type { RequestOptions } from "../core/options.ts";
import type { Draft, World } from "./draft.ts";
import type { FieldRecord } from "./fields.ts";
import { textOrBytes } from "./source.ts";

/** From more bytes than these on curl asks before it sends a body. */
const MOST_UNASKED_BYTES = 1_048_576;
const FORM = "application/x-www-form-urlencoded";
const COPIED_WITHOUT =
  "a file in it has no content: Firefox copies the names of files, and not what is in them";
/** A part that is a file, and behind its head at once the next boundary: an empty file would have a line end of its own. */
const WITHOUT_CONTENT =
  /; ?filename="[^"\r\n]{0,1000}"[^\r\n]{0,1000}\r\n(?:[^\r\n]{1,1000}\r\n){0,20}\r\n--/i;

/** Options that make the body. `fields` is changed where they say the same. */
export function bodyOptions(method: string, draft: Draft, fields: FieldRecord, world: World): RequestOptions {
  const bytes = bytesOf(draft);
  if (draft.parts.length > 0) return formOptions(method, draft, fields, world);
  framed(method, fields, bytes, world);
  if (bytes === null) {
    chunked(fields, false, world);
    return {};
  }
  if (draft.upload === null && !fields.has("content-type")) fields.add("Content-Type", FORM);
  if (WITHOUT_CONTENT.test(bytes)) world.note("--data-binary", COPIED_WITHOUT);
  const isChunked = chunked(fields, true, world) || draft.upload?.path === "-";
  const asking = askingOptions(draft, fields, bytes.length);
  const data = textOrBytes(bytes);
  // What is made anew for each sending has no length that is known.
  return { data: isChunked && bytes !== "" ? () => [data] : data, ...asking };
}

/** The bytes of the body; `null` for none, and for a form. */
function bytesOf({ upload, isGet, data }: Draft): string | null {
  if (upload !== null) return upload.bytes;
  return isGet ? null : data;
}

function formOptions(method: string, draft: Draft, fields: FieldRecord, world: World): RequestOptions {
  framed(method, fields, undefined, world);
  chunked(fields, false, world);
  const type = fields.has("content-type") ? fields.last("content-type") : null;
  if (type !== null && !/^multipart\/form-data\s*(?:;|$)/i.test(type))
    world.note(
      "--header",
      "a form is multipart/form-data: of another type, curl says the boundary of the parts beside it",
    );
  return { files: draft.parts, ...askingOptions(draft, fields, sizeOf(draft)) };
}

function sizeOf({ parts }: Draft): number {
  return parts.reduce((sum, [, { content }]) => sum + contentSize(content), 0);
}

function contentSize(content: unknown): number {
  return typeof content === "string" || content instanceof Uint8Array ? content.length : 0;
}

/** Is the body to be sent in chunks? The field goes: who sends the body writes it. */
function chunked(fields: FieldRecord, hasBytes: boolean, world: World): boolean {
  if (!fields.has("transfer-encoding")) return false;
  const isChunked = fields.last("transfer-encoding")?.toLowerCase() === "chunked";
  if (fields.last("transfer-encoding") !== null && !(isChunked && hasBytes))
    world.note("--header", "Transfer-Encoding is not taken over: who sends a body writes it");
  fields.drop("transfer-encoding");
  return isChunked && hasBytes;
}

/**
 * A length is counted by who sends the body. Without a body what was said of it stays.
 *
 * @param bytes `undefined` for a form, whose bytes are not there yet.
 */
function framed(method: string, fields: FieldRecord, bytes: string | null | undefined, world: World): void {
  const said = fields.has("content-length") ? fields.last("content-length") : undefined;
  if (bytes === null) {
    if (said === "0" || said === undefined) return;
    fields.drop("content-length");
    world.note("--header", "Content-Length is not taken over: there is no body");
    return;
  }
  fields.drop("content-length");
  if (said !== undefined && said !== null && said !== String(bytes?.length))
    world.note("--header", "Content-Length is not taken over: it is not the length of the body");
  // An empty body of these methods is none, of which nothing would be said.
  if (bytes === "" && (method === "GET" || method === "HEAD")) fields.add("Content-Length", "0");
}

/** `Expect: 100-continue`, which curl writes by itself for a long body, and for any file that it uploads. */
function askingOptions({ expectMs, upload }: Draft, fields: FieldRecord, size: number): RequestOptions {
  if (size === 0) return {};
  const said = fields.has("expect") ? fields.last("expect") : undefined;
  const isAsked =
    said === undefined
      ? upload !== null || size > MOST_UNASKED_BYTES
      : said?.toLowerCase() === "100-continue";
  if (!isAsked) return {};
  fields.drop("expect");
  return { expectContinue: expectMs ?? true };
}

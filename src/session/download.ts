/**
 * Downloads into a file, and goes on where a body broke off: asks for the rest of the same version, or begins anew.
 *
 * What belongs together is decided in `download/ranges.ts`; how files get their names, in `download/save.ts`.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ProgressListener } from "../core/adapter.ts";
import { assertBoolean, assertCount, ownFields } from "../core/checks.ts";
import {
  ChunkedEncodingError,
  ConnectionError,
  HTTPError,
  ProxyError,
  ReadTimeout,
  SSLError,
} from "../core/errors.ts";
import type { HeadersInit } from "../core/headers.ts";
import type { RequestOptions } from "../core/options.ts";
import { assertOptions } from "../options/take.ts";
import type { SavedFile, SaveOptions } from "../core/response.ts";
import { Part } from "../download/part.ts";
import { fileName, safeName } from "../download/file-name.ts";
import { contentRange, continues, storedLength, versionOf } from "../download/ranges.ts";
import { checkTarget, destinationOf, isFolder, type Destination } from "../download/save.ts";
import type { StreamedResponse } from "../response/streamed.ts";

/** Options of a download: those of a GET, and what becomes of the file. */
export interface DownloadOptions
  extends SaveOptions, Omit<RequestOptions, "stream" | "maxBodyBytes" | "data" | "json" | "files"> {
  /**
   * How many responses in all may break off before the download fails: after each but the last the rest is asked for. 1 or
   * more. Default: 3.
   */
  readonly tries?: number | undefined;
  /**
   * Keep what came of a download that failed, as `NAME.part` beside the file, and go on with it in the next call. At most
   * one download at a time may do so with a file. Default: `false`.
   */
  readonly resume?: boolean | undefined;
}

/** Asks for the resource. */
export type Ask = (
  options: RequestOptions<true> & { readonly stream: true },
) => PromiseLike<StreamedResponse>;

/** A download, as it was asked for. */
interface Job {
  readonly ask: Ask;
  readonly options: RequestOptions;
  readonly headers: readonly HeaderPair[];
  readonly tries: number;
  readonly onProgress: ProgressListener | null;
}

type HeaderPair = Extract<HeadersInit, Iterable<unknown>> extends Iterable<infer Pair> ? Pair : never;

/** Names that the download sets itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set(["accept-encoding", "if-range", "range"]);
/** So much of a response that is an error is kept for whoever catches it. */
const ERROR_BODY_BYTES = 65_536;
const DEFAULT_TRIES = 3;
/** The name of a part has this and `.json` behind it. */
const PART = ".part";
const PART_NAME_BYTES = 240;

/** Downloads what `ask` asks for at `url` to `target`. See `Session.download`. */
export async function download(
  ask: Ask,
  url: string | URL,
  target: string | URL,
  options: DownloadOptions,
): Promise<SavedFile> {
  assertOptions(options, "request");
  const {
    tries = DEFAULT_TRIES,
    resume = false,
    overwrite,
    onProgress,
    headers,
    ...rest
  } = ownFields(options);
  checkTarget("download", target);
  assertBoolean(resume, "resume");
  if (overwrite !== undefined) assertBoolean(overwrite, "overwrite");
  assertCount(tries, "tries", 1);
  const job: Job = { ask, options: rest, headers: pairsOf(headers), tries, onProgress: onProgress ?? null };
  const given = typeof target === "string" ? target : fileURLToPath(target);
  const inFolder = await isFolder(given);
  // The name in a folder is known when the server has answered.
  let place = inFolder ? null : await destinationOf(given, unknownName, overwrite);
  if (place?.isDevice === true)
    throw new TypeError("download() writes files; use saveTo() for anything else");
  const part = await partFor(place ?? given, String(url), resume);
  try {
    await fill(job, part, async (response) => {
      place ??= await destinationOf(given, () => response.suggestedName(), overwrite);
    });
    if (place === null) throw new Error("there was no response"); // fill() throws then
    const { bytes } = part;
    await part.finish(place);
    return { path: place.path, bytes };
  } finally {
    await part.leave();
  }
}

/** Asks until all is there. `onHead` may refuse. */
async function fill(
  job: Job,
  part: Part,
  onHead: (response: StreamedResponse) => Promise<void>,
): Promise<void> {
  let hasBegun = false;
  for (let failures = 0; ;) {
    const before = part.bytes;
    let failure: unknown;
    try {
      const response = await nextResponse(job, part);
      try {
        await onHead(response);
        hasBegun = true;
        failure = await take(job, part, response);
      } finally {
        await response.close();
      }
      if (failure === null) return;
      // A server may give less than it was asked for. While it gives something, that is no failure.
      if (part.bytes > before) continue;
    } catch (error) {
      // Before the first response nothing broke off: what to do then is said by `retry`.
      if (!hasBegun || !isBrokenOff(error)) throw error;
      failure = error;
    }
    failures++;
    if (failures >= job.tries) throw failure;
  }
}

/** A response that goes on where the part ends, or begins anew: then the part is empty. */
async function nextResponse(job: Job, part: Part): Promise<StreamedResponse> {
  const { version } = part;
  if (version !== null) {
    const response = await ask(job, [
      ["Range", `bytes=${part.bytes}-`],
      ["If-Range", version.validator],
    ]);
    if (part.isOf(urlOf(response)) && continues(response, version, part.bytes)) return response;
    // 416: what is there is as long as the whole, or longer.
    if (response.status !== 206 && response.status !== 416) return begin(part, response);
    await response.close();
  }
  return begin(part, await ask(job, []));
}

async function ask(job: Job, headers: readonly (readonly [string, string])[]): Promise<StreamedResponse> {
  // Ranges count the bytes as they are sent: they must be those of the file (RFC 9110 §14.1.2).
  const own = [["Accept-Encoding", "identity"], ...headers] as const;
  return job.ask({ ...job.options, headers: [...job.headers, ...own], stream: true });
}

async function begin(part: Part, response: StreamedResponse): Promise<StreamedResponse> {
  const { status } = response;
  if (status < 200 || status > 299 || status === 206) {
    await response.loadHop(ERROR_BODY_BYTES);
    response.raiseForStatus();
    const { request } = response;
    const message = `status ${status} is no whole file`;
    throw new HTTPError(message, { phase: "head" }).annotate({ request, response });
  }
  await part.restart(urlOf(response), versionOf(response));
  return response;
}

/** Stores the body. What is missing at its end, or `null`. */
async function take(job: Job, part: Part, response: StreamedResponse): Promise<ChunkedEncodingError | null> {
  const range = response.status === 206 ? contentRange(response.headers) : null;
  const totalBytes = range === null ? storedLength(response.headers) : range.totalBytes;
  for await (const chunk of response.iterContent()) {
    await part.add(chunk);
    job.onProgress?.({ direction: "download", bytes: part.bytes, totalBytes });
  }
  if (range === null || part.bytes === (totalBytes ?? range.last + 1)) return null;
  // More than it announced: nobody knows which bytes they are.
  if (part.bytes > range.last + 1) await part.restart(urlOf(response), null);
  return new ChunkedEncodingError("the file did not come in whole", {
    request: response.request,
    response,
    phase: "body",
  });
}

function isBrokenOff(error: unknown): boolean {
  if (error instanceof SSLError || error instanceof ProxyError) return false;
  return (
    error instanceof ChunkedEncodingError || error instanceof ConnectionError || error instanceof ReadTimeout
  );
}

function partFor(place: Destination | string, url: string, resume: boolean): Promise<Part> {
  const folder = typeof place === "string" ? place : dirname(place.path);
  // What is to replace a file is for nobody else's eyes before it has that file's permissions.
  const mode = typeof place === "string" || place.mode === null ? 0o666 : 0o600;
  if (!resume) return Part.temporary(join(folder, `.${crypto.randomUUID()}${PART}`), mode);
  if (typeof place !== "string") return Part.kept(place.path + PART, mode);
  const name = safeName(fileName(null, url), PART_NAME_BYTES) ?? "";
  return Part.kept(join(folder, name + PART), mode);
}

/** The URL that answered: a tag is of one resource (RFC 9110 §8.8.3), and a redirect may lead to another one next time. */
function urlOf(response: StreamedResponse): string {
  return response.request.url;
}

function pairsOf(init: HeadersInit | null | undefined): HeaderPair[] {
  if (init == null) return [];
  const pairs: HeaderPair[] = Symbol.iterator in init ? [...init] : Object.entries(init);
  return pairs.filter(([name]) => !OWN_HEADERS.has(String(name).toLowerCase()));
}

function unknownName(): Promise<string> {
  return Promise.reject(new Error("a file has its name"));
}

/**
 * Read operations on a response (section 4.5).
 */
import type { Response, StreamedResponse } from "../../src/index.ts";
import { Unsupported, type ReadSpec, type Result } from "./job.ts";
import { blob, cookieRows, failure, piece } from "./results.ts";

/** What a call gives: its body is there, or still to come. */
export type Reply = Response | StreamedResponse;

type Read = (response: Reply, spec: ReadSpec) => Result | Promise<Result>;

/** Performs the operations in order; one that fails does not stop the others. */
export async function readAll(response: Reply, specs: readonly ReadSpec[]): Promise<Result[]> {
  const rows: Result[] = [];
  for (const spec of specs) {
    try {
      const read = READS[spec.op];
      if (read === undefined) throw new Unsupported(`read operation ${spec.op}`);
      rows.push(await read(response, spec));
    } catch (error) {
      rows.push(failure(error));
    }
  }
  return rows;
}

const READS: Readonly<Record<string, Read>> = {
  content: async (response) => ({ content: blob(await response.bytes()) }),
  text: async (response) => ({ text: await response.text() }),
  json: async (response) => ({ json: await response.json() }),
  setEncoding: (response, { value }) => {
    response.encoding = value ?? null;
    return { encoding: response.encoding };
  },
  apparentEncoding: async (response) => ({ apparentEncoding: await response.apparentEncoding }),
  iterContent: async (response, { chunkSize = null, decodeUnicode, stopAfter }) => {
    const chunks =
      decodeUnicode === true
        ? response.iterContent({ chunkSize, decode: true })
        : response.iterContent({ chunkSize });
    return { chunks: await take(chunks, stopAfter) };
  },
  iterLines: async (response, { chunkSize = null, delimiter = null, decodeUnicode, stopAfter }) => {
    const options = { chunkSize, delimiter };
    const lines =
      decodeUnicode === true
        ? response.iterLines(options)
        : response.iterLines({ ...options, decode: false });
    return { lines: await take(lines, stopAfter) };
  },
  close: async (response) => {
    await response.close();
    return { closed: true };
  },
  raiseForStatus: (response) => {
    try {
      response.raiseForStatus();
    } catch (error) {
      if (error instanceof Error && error.name === "HTTPError")
        return { raised: "HTTPError", message: error.message };
      throw error;
    }
    return { raised: null, message: null };
  },
  links: (response) => ({ links: response.links }),
  next: ({ next }) => ({ next: next === null ? null : { method: next.method, url: next.url } }),
  header: (response, { name }) => ({ header: response.headers.get(name ?? "") }),
  historyBodies: async (response) => {
    const bodies: Result[] = [];
    for (const earlier of response.history) bodies.push(blob(await earlier.bytes()));
    return { historyBodies: bodies };
  },
  historyCookies: (response) => ({
    historyCookies: response.history.map((earlier) => cookieRows(earlier.cookies)),
  }),
  historyDepth: (response) => ({ historyDepth: response.history.map((earlier) => earlier.history.length) }),
  sentRequest: ({ request }) => ({ sent: { method: request.method, url: request.url } }),
};

/** The pieces of an iteration, all or the first few. An iteration that is given up is not closed, as the protocol asks. */
async function take(
  source: AsyncIterator<string | Uint8Array, void>,
  stopAfter: number | undefined,
): Promise<Result[]> {
  const rows: Result[] = [];
  while (rows.length !== stopAfter) {
    const step = await source.next();
    if (step.done === true) break;
    rows.push(piece(step.value));
  }
  return rows;
}

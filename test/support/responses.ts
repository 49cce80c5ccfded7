/** Responses for tests, of whatever an adapter could give. */
import { HeaderMap } from "../../src/core/headers.ts";
import { PreparedRequest } from "../../src/core/request.ts";
import type { WireBody, WireResponse } from "../../src/core/response.ts";
import type { ResponseParts } from "../../src/response/parts.ts";
import { Response } from "../../src/response/response.ts";
import { StreamedResponse } from "../../src/response/streamed.ts";
import { wireResponse, type WireResponseInit } from "../../src/response/wire.ts";

/** A request without a body. */
export function requestTo(url: string, method = "GET"): PreparedRequest {
  return new PreparedRequest({ method, url, headers: new HeaderMap(), payload: null });
}

/** Parts of a response to a request to `https://a.test/path`. */
function partsOf(
  wire: WireResponse | Partial<WireResponseInit>,
  parts: Partial<ResponseParts> = {},
): ResponseParts {
  return {
    request: requestTo("https://a.test/path"),
    wire: isWire(wire) ? wire : wireResponse({ status: 200, ...wire }),
    cookies: [],
    elapsed: 12,
    maxBodyBytes: null,
    maxCodings: 5,
    detectEncoding: null,
    history: [],
    attempts: [],
    nextRequest: null,
    ...parts,
  };
}

/** A response whose body is still on the wire; `load()` reads it. */
export function unread(
  wire: WireResponse | Partial<WireResponseInit>,
  parts: Partial<ResponseParts> = {},
): Response {
  return Response.of(partsOf(wire, parts));
}

/** A response that has been read. */
export function read(wire: Partial<WireResponseInit>, parts: Partial<ResponseParts> = {}): Response {
  const response = unread(wire, parts);
  if (response.load() !== undefined) throw new Error("the body was not there at once");
  return response;
}

/** A response to be streamed. */
export function streamed(
  wire: WireResponse | Partial<WireResponseInit>,
  parts: Partial<ResponseParts> = {},
): StreamedResponse {
  return StreamedResponse.of(partsOf(wire, parts));
}

/** A body that tells what was done with it. */
export class WatchedBody implements WireBody {
  readonly calls: string[] = [];
  readonly #body: WireBody;

  constructor(body: WireBody) {
    this.#body = body;
  }

  collect(maxBytes: number | null): Uint8Array | Promise<Uint8Array> {
    this.calls.push(`collect ${maxBytes}`);
    return this.#body.collect(maxBytes);
  }

  stream(): AsyncIterable<Uint8Array> {
    this.calls.push("stream");
    return this.#body.stream();
  }

  drain(maxBytes: number): void | Promise<void> {
    this.calls.push(`drain ${maxBytes}`);
    return this.#body.drain(maxBytes);
  }

  cancel(): void {
    this.calls.push("cancel");
    this.#body.cancel();
  }
}

function isWire(wire: WireResponse | Partial<WireResponseInit>): wire is WireResponse {
  return typeof wire.body === "object" && wire.body !== null && "collect" in wire.body;
}

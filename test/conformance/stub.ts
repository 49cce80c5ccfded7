/**
 * `mountStub`: an adapter that answers without a network.
 *
 * May import: `src/index.ts`, `job.ts`.
 */
import { HeaderMap, type Adapter, type Session, type WireBody, type WireResponse } from "../../src/index.ts";
import type { ReplySpec } from "./job.ts";

/** Mounts an adapter that answers every request with the same response. */
export function mountStub(session: Session, prefix: string, reply: ReplySpec): void {
  const adapter: Adapter = {
    send: () => Promise.resolve(wireResponse(reply)),
    close: () => Promise.resolve(),
  };
  session.mount(prefix, adapter);
}

function wireResponse(reply: ReplySpec): WireResponse {
  return {
    status: reply.status ?? 200,
    statusText: reply.reason ?? "Stub",
    headers: new HeaderMap(reply.headers ?? []),
    httpVersion: "1.1",
    body: bodyOf(Buffer.from(reply.body ?? "")),
  };
}

/** A body that is there already. */
function bodyOf(bytes: Uint8Array): WireBody {
  return {
    collect: () => bytes,
    async *stream() {
      yield bytes;
    },
    drain: () => undefined,
    cancel: () => undefined,
  };
}

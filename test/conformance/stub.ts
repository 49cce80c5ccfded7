/**
 * `mountStub`: an adapter that answers without a network.
 */
import { wireResponse, type Adapter, type Session } from "../../src/index.ts";
import type { ReplySpec } from "./job.ts";

/** Mounts an adapter that answers every request with the same response. */
export function mountStub(session: Session, prefix: string, reply: ReplySpec): void {
  const { status = 200, reason = "Stub", headers = [], body = "" } = reply;
  const adapter: Adapter = {
    send: () => Promise.resolve(wireResponse({ status, statusText: reason, headers, body })),
    close: () => Promise.resolve(),
  };
  session.mount(prefix, adapter);
}

/** Sessions that speak HTTP/2 with a server of frames, and waiting for what is seen there. */
import { Session, type SessionOptions } from "../../src/index.ts";
import type { FrameServer } from "./frame-server.ts";

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until it is so. */
export async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(5);
}

/** A session that knows nothing of the environment, and gives up in time. */
export function sessionFor(server: FrameServer, options: Omit<SessionOptions, "stream"> = {}): Session {
  return new Session({
    trustEnv: false,
    verify: server.ca,
    http2: true,
    timeout: { connect: 3000, read: 3000, total: 8000 },
    ...options,
  });
}

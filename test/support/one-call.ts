/**
 * One call against a scripted server: what the server heard, and what came of the call.
 */
import { Session } from "../../src/index.ts";
import { wireServer, type HeardRequest, type Said } from "./wire-server.ts";

/** What became of a call. */
export interface Played<Result> {
  readonly heard: readonly HeardRequest[];
  readonly result: Result;
  /** How many connections were opened. */
  readonly connections: number;
}

/** Plays `call` with a session that knows nothing of the environment. */
export async function play<Result>(
  answers: readonly Said[],
  call: (session: Session, url: string) => PromiseLike<Result>,
): Promise<Played<Result>> {
  await using server = await wireServer(...answers);
  await using session = new Session({ trustEnv: false });
  const result = await call(session, server.url);
  return { heard: server.requests, result, connections: server.connections };
}

/** What a call failed with. @throws {Error} when it did not fail. */
export async function failureOf(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error("the call did not fail");
}

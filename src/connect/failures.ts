/**
 * What connecting and speaking fail with, below the errors that a program sees: `transport/failures.ts` translates them.
 */
import type { HeaderMap } from "../core/headers.ts";
import { isError } from "../core/realm.ts";

/** Which step towards a connection failed. */
export type ConnectStep = "address" | "proxy" | "tls" | "material";

/** No connection came about. `connect.ts` and its helpers throw it. */
export class ConnectFailure extends Error {
  override readonly name: string = "ConnectFailure";
  readonly step: ConnectStep;
  /** The proxy's answer to CONNECT; `null` when there was none. */
  readonly answer: ProxyAnswer | null;

  constructor(
    step: ConnectStep,
    message: string,
    details: { readonly cause?: unknown; readonly answer?: ProxyAnswer } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.step = step;
    this.answer = details.answer ?? null;
  }
}

/** How a proxy answered CONNECT. */
export interface ProxyAnswer {
  readonly status: number;
  readonly headers: HeaderMap;
}

/** Why there is no connection to one address of a name. */
export interface AddressProblem {
  readonly address: string;
  readonly error: Error;
}

/** What a person is told of one address. Node names it in some of its errors, and not in all. */
export function addressReason({ address, error }: AddressProblem): string {
  const reason = reasonOf(error);
  return reason.includes(address) ? reason : `${address}: ${reason}`;
}

/** A name leads to several addresses, and none of them to a connection. */
export class AllAddressesFailed extends AggregateError {
  override readonly name: string = "AllAddressesFailed";
  /** That of the first address, as Node's own errors of several have it; `""` for none. */
  readonly code: string;

  /** @param problems one at least, in the order in which they came about. */
  constructor(problems: readonly AddressProblem[]) {
    super(
      problems.map(({ error }) => error),
      problems.map((problem) => addressReason(problem)).join(", "),
    );
    const [first] = problems;
    this.code = first === undefined ? "" : codeOf(first.error);
  }
}

/** It took too long until there was a connection, or a free one. */
export class ConnectOverdue extends Error {
  override readonly name: string = "ConnectOverdue";
  readonly limitMs: number;
  readonly phase: "connect" | "pool";

  constructor(limitMs: number, phase: "connect" | "pool", reason: string = "") {
    super(`${phase} timeout after ${limitMs} ms${reason}`);
    this.limitMs = limitMs;
    this.phase = phase;
  }
}

/** The other side closed the connection, in order: that nothing, or no more, came is all that is known. */
export class ConnectionEnded extends Error {
  override readonly name: string = "ConnectionEnded";
  readonly code = "ERR_CONNECTION_ENDED";

  constructor(message: string = "the other side closed the connection") {
    super(message);
  }
}

/** The answer was whole, and the connection ended before the body of the request was through. */
export class UnsentBody extends Error {
  override readonly name: string = "UnsentBody";

  constructor(cause: Error | null) {
    super("the connection ended before all of the body was sent", cause === null ? undefined : { cause });
  }
}

/** What a person is told. Errors of several addresses are told one by one. */
export function reasonOf(error: unknown): string {
  if (!isError(error)) return String(error);
  if (error instanceof AllAddressesFailed) return error.message;
  if ("errors" in error && Array.isArray(error.errors) && error.errors.length > 0) {
    return error.errors.map((one: unknown) => reasonOf(one)).join(", ");
  }
  // OpenSSL's messages have several lines, with numbers and paths of its sources.
  if ("reason" in error && typeof error.reason === "string" && error.reason !== "") return error.reason;
  return REASONS[codeOf(error)] ?? (error.message === "" ? codeOf(error) || error.name : error.message);
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed while sending",
};

/** The code of an error of Node or OpenSSL; `""` for none. */
export function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}

/**
 * Race: a name that leads to several addresses, one of which is to be connected to (RFC 8305). While an attempt is under way the
 * next one begins; whichever connects first is kept, and the others end. Node's own (`autoSelectFamily`) gives an attempt up
 * when the next one begins: a host that is further away than that is never reached.
 *
 * What an attempt is, and how long all of them may take, is the business of `connect.ts`.
 */
import type { Socket } from "node:net";

import { isError } from "../core/realm.ts";
import { addressReason, AllAddressesFailed, type AddressProblem } from "./failures.ts";

/** The next attempt begins after so long, in milliseconds, or at once when one has failed (RFC 8305 §5). */
const ATTEMPT_DELAY_MS = 250;

/** A socket on its way to an address, with what belongs to it. */
export interface Attempt {
  readonly socket: Socket;
}

/** Attempts to connect to one of several addresses. */
export class Race<One extends Attempt> {
  readonly #addresses: readonly string[];
  readonly #begin: (address: string) => One;
  readonly #running = new Map<Socket, string>();
  readonly #problems: AddressProblem[] = [];
  #begun = 0;
  #timer: NodeJS.Timeout | null = null;
  #resolve: (winner: One) => void = ignore;
  #reject: (error: Error) => void = ignore;

  /**
   * @param addresses in the order in which they are tried; one at least.
   * @param begin starts to connect. The socket has a listener for its errors.
   */
  constructor(addresses: readonly string[], begin: (address: string) => One) {
    this.#addresses = addresses;
    this.#begin = begin;
  }

  /**
   * Resolves to the attempt that connected first. Call it once.
   *
   * @throws {AllAddressesFailed} when none does.
   */
  run(): Promise<One> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#next();
    });
  }

  /** Ends all attempts; nobody is told. */
  cancel(): void {
    this.#stopTimer();
    this.#begun = this.#addresses.length;
    const losers = [...this.#running.keys()];
    this.#running.clear();
    for (const socket of losers) socket.destroy();
  }

  /** How it stands: what each address came to that was tried. */
  get standing(): string {
    const failed = this.#problems.map((problem) => addressReason(problem));
    const silent = [...this.#running.values()].map((address) => `${address} does not answer`);
    return [...failed, ...silent].join(", ");
  }

  #next(): void {
    this.#stopTimer();
    const address = this.#addresses[this.#begun++];
    if (address === undefined) return;
    if (this.#begun < this.#addresses.length) this.#timer = setTimeout(() => this.#next(), ATTEMPT_DELAY_MS);
    try {
      this.#watch(this.#begin(address), address);
    } catch (error) {
      this.#fail(address, isError(error) ? error : new Error(String(error)));
    }
  }

  #watch(attempt: One, address: string): void {
    const { socket } = attempt;
    this.#running.set(socket, address);
    const onFailure = (error?: Error): void => {
      if (this.#running.delete(socket)) this.#fail(address, error ?? new Error("the connection was closed"));
    };
    const onClose = (): void => onFailure();
    socket.once("error", onFailure);
    socket.once("close", onClose);
    socket.once("connect", () => {
      if (!this.#running.delete(socket)) return;
      socket.off("error", onFailure);
      socket.off("close", onClose);
      this.cancel();
      this.#resolve(attempt);
    });
  }

  #fail(address: string, error: Error): void {
    this.#problems.push({ address, error });
    if (this.#begun < this.#addresses.length) this.#next();
    else if (this.#running.size === 0) this.#reject(new AllAddressesFailed(this.#problems));
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function ignore(): void {
  // Nobody waits: not yet, or not any more.
}

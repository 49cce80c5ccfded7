/**
 * Reach: from a name and a port to a socket that TCP has connected, or is about to: the look-up, the policy for addresses, the
 * race of several. With TLS on top it is the same socket: one that does both costs less than two.
 */
import { isIP, type LookupFunction, type Socket, type TcpNetConnectOpts } from "node:net";

import { knownRemote, type Remote } from "./connection-facts.ts";
import { guardedLookup, type Guard } from "./guard.ts";
import type { Intake } from "./intake.ts";
import type { Laps } from "./laps.ts";
import { addressesOf } from "./lookup.ts";
import { Race } from "./race.ts";
import type { Peer } from "./route.ts";

/** How sockets are made. */
export interface SocketOptions {
  readonly localAddress: string | undefined;
  /** As `lookup.ts` makes it. */
  readonly lookup: LookupFunction;
  /** A Unix domain socket or named pipe in place of host and port. */
  readonly socketPath: string | undefined;
}

/** Whom to reach, and what with. */
export interface Aim<Made extends Socket> {
  readonly peer: Peer;
  readonly guard: Guard | null;
  /** What the socket reads into, made for each attempt; `null`: that is Node's business. */
  readonly intake: (() => Intake) | null;
  /** Begins to connect. */
  readonly make: (options: TcpNetConnectOpts) => Made;
}

/** A socket, and what it reads into. */
export interface Reached<Made extends Socket> {
  readonly socket: Made;
  readonly intake: Intake | null;
  /** The other end, where it is known. */
  readonly remote: Remote | null;
}

/** An address, or a path of this machine. */
type Place =
  | { readonly host: string; readonly port: number; readonly lookup?: LookupFunction }
  | { readonly path: string };

const KEEP_ALIVE_PROBE_MS = 60_000;
const READ_BYTES = 65_536;
const NOTHING_ELSE = { signal: undefined, fd: undefined, handle: undefined, lookup: undefined };

/** One way to one peer. */
export class Reach<Made extends Socket> {
  readonly #options: SocketOptions;
  readonly #aim: Aim<Made>;
  readonly #laps: Laps;
  #race: Race<Reached<Made>> | null = null;
  /** Asks for the name. */
  #first: Made | null = null;
  #isOver = false;

  constructor(options: SocketOptions, aim: Aim<Made>, laps: Laps) {
    this.#options = options;
    this.#aim = aim;
    this.#laps = laps;
  }

  /**
   * A socket that is connecting; where there was a choice of addresses, the one that connected first. Call it once.
   *
   * @throws when the look-up fails, or all of several addresses.
   */
  async start(): Promise<Reached<Made>> {
    const { host, port } = this.#aim.peer;
    const { socketPath } = this.#options;
    this.#assertWanted();
    this.#laps.enter("tcp");
    if (socketPath !== undefined) return this.#begin({ path: socketPath });
    if (isIP(host) !== 0) return this.#begin({ host, port });
    return await this.#byName(host, port);
  }

  /**
   * The first socket asks for the name when Node has it do so: what stands in the place of sockets, as in tests, answers for names
   * that nobody knows. With the answer the addresses behind the first one are raced with it.
   */
  #byName(host: string, port: number): Promise<Reached<Made>> {
    return new Promise((resolve, reject) => {
      const lookup: LookupFunction = (_host, _options, found) => {
        // Nothing was connected to before.
        this.#laps.rename("dns");
        this.#lookUp(host).then(
          (addresses) => {
            this.#laps.enter("tcp");
            // It was given up, or has failed, while the name was asked for: nothing begins any more.
            if (this.#first?.destroyed !== false) return;
            const [address = "", ...others] = addresses;
            const reached = { ...first, remote: knownRemote(address, port) };
            release();
            if (others.length === 0) resolve(reached);
            else this.#runRace(reached, addresses, port).then(resolve, reject);
            found(null, address, isIP(address));
          },
          (error: NodeJS.ErrnoException) => found(error, "", 0),
        );
      };
      const first = this.#begin({ host, port, lookup });
      const { socket } = first;
      const onFailure = (error?: Error): void => {
        release();
        reject(error ?? new Error("the connection was closed"));
      };
      const onClose = (): void => onFailure();
      const onConnect = (): void => {
        release();
        resolve(first);
      };
      const release = (): void => {
        this.#first = null;
        socket.off("error", onFailure).off("close", onClose).off("connect", onConnect);
      };
      this.#first = socket;
      socket.once("error", onFailure).once("close", onClose).once("connect", onConnect);
    });
  }

  #runRace(first: Reached<Made>, addresses: readonly string[], port: number): Promise<Reached<Made>> {
    let isBegun = false;
    this.#race = new Race(addresses, (address) => {
      if (isBegun) return this.#begin({ host: address, port });
      isBegun = true;
      return first;
    });
    return this.#race.run();
  }

  /** How a race stands, address by address; `""` where there is none. */
  get standing(): string {
    return this.#race?.standing ?? "";
  }

  /** Gives up what has not come to an end. */
  cancel(): void {
    this.#isOver = true;
    this.#first?.destroy();
    this.#race?.cancel();
  }

  /** It may have been given up while something else was waited for. */
  #assertWanted(): void {
    if (this.#isOver) throw new Error("it was given up");
  }

  async #lookUp(host: string): Promise<string[]> {
    const { guard } = this.#aim;
    const { lookup } = this.#options;
    return await addressesOf(host, guard === null ? lookup : guardedLookup(guard, lookup));
  }

  #begin(place: Place): Reached<Made> {
    const { make, intake: intakeOf } = this.#aim;
    const intake = intakeOf === null ? null : intakeOf();
    const all: object = {
      __proto__: null,
      localAddress: this.#options.localAddress,
      // Several addresses are our business.
      autoSelectFamily: false,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS,
      // Node makes a plain object of it, which has what a polluted prototype has.
      ...NOTHING_ELSE,
      ...place,
      onread: intake?.onread,
      highWaterMark: READ_BYTES,
    };
    const socket = make(all as TcpNetConnectOpts); // Node's types know no highWaterMark here, and a path or a port, but not either
    intake?.bind(socket);
    endOnError(socket);
    return { socket, intake, remote: "host" in place ? knownRemote(place.host, place.port) : null };
  }
}

/**
 * An error that comes between two steps, or after giving up, must not end the process. Node leaves a socket open on which TLS
 * fails behind the handshake.
 */
export function endOnError(socket: Socket): void {
  socket.on("error", (error) => void (socket.destroyed || socket.destroy(error)));
}

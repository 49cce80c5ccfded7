/** Floor: `dispatch()` of an undici Pool with the least handler that still hands a body out. */
import { Readable } from "node:stream";
import { Pool, type Dispatcher } from "undici";
import type { Client } from "./client.ts";

/** Collects a body as one piece. */
class Collector implements Dispatcher.DispatchHandler {
  readonly #resolve: (body: Buffer) => void;
  readonly #reject: (error: Error) => void;
  #first: Buffer | null = null;
  #list: Buffer[] | null = null;

  constructor(resolve: (body: Buffer) => void, reject: (error: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  // undici asks for both of them, whoever needs them.
  onRequestStart(): void {}

  onResponseStart(): void {}

  onResponseData(_controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (this.#first === null) this.#first = piece;
    else (this.#list ??= [this.#first]).push(piece);
  }

  onResponseEnd(): void {
    this.#resolve(this.#list === null ? (this.#first ?? Buffer.alloc(0)) : Buffer.concat(this.#list));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }
}

/** Counts a body. */
class Counter implements Dispatcher.DispatchHandler {
  readonly #resolve: (bytes: number) => void;
  readonly #reject: (error: Error) => void;
  #bytes = 0;

  constructor(resolve: (bytes: number) => void, reject: (error: Error) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onRequestStart(): void {}

  onResponseStart(): void {}

  onResponseData(_controller: Dispatcher.DispatchController, piece: Buffer): void {
    this.#bytes += piece.byteLength;
  }

  onResponseEnd(): void {
    this.#resolve(this.#bytes);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#reject(error);
  }
}

export const client: Client = {
  open() {
    let pool: Pool | null = null;
    const options = (url: string, rest?: Partial<Dispatcher.DispatchOptions>): Dispatcher.DispatchOptions => {
      const start = url.indexOf("/", "https://".length);
      pool ??= new Pool(url.slice(0, start));
      return { path: url.slice(start), method: "GET", ...rest };
    };
    const collect = (what: Dispatcher.DispatchOptions): Promise<Buffer> =>
      new Promise((resolve, reject) => pool?.dispatch(what, new Collector(resolve, reject)));
    return {
      get: async (url) => (await collect(options(url))).toString(),
      async post(url, value) {
        const headers = { "content-type": "application/json" };
        return (
          await collect(options(url, { method: "POST", headers, body: JSON.stringify(value) }))
        ).toString();
      },
      stream(url) {
        const what = options(url);
        return new Promise((resolve, reject) => pool?.dispatch(what, new Counter(resolve, reject)));
      },
      bytes: async (url) => (await collect(options(url))).byteLength,
      async upload(url, pieces) {
        const body = Readable.from(pieces(), { objectMode: false });
        return (await collect(options(url, { method: "POST", body }))).toString();
      },
      close: () => pool?.close(),
    };
  },
};

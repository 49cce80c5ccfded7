/** What one operation of a workload is, for any client. Each checks what came: a client that loses bytes must not win. */
import type { Client, Jar, Opened } from "./clients/client.ts";
import type { Order } from "./protocol.ts";
import { DOMAINS, GZIP_ROWS, OWN_COOKIE, type Workload } from "./workloads.ts";

/** One call, which is `batch` operations. @param turn counts the calls, so that URLs and values vary. */
export type Operation = (turn: number) => Promise<void> | void;

/** A client that is ready to be measured. */
export interface Prepared {
  readonly operation: Operation;
  readonly close: () => Promise<void> | void;
}

const PIECE = new Uint8Array(65_536).fill(120);
const URLS = 1000;
/** Hosts whose cookies are looked up in turn. */
const HOSTS = 10;

/** Opens `client`, fills its jar, and checks that its cookie goes along. */
export async function prepare(client: Client, { workload, url }: Order): Promise<Prepared> {
  switch (workload.action) {
    case "lookup":
    case "store":
      return preparedJar(client, workload);
    case "first":
    case "session":
      return { operation: opening(client, workload, url), close: () => undefined };
    default: {
      const opened = open(client, workload);
      await fill(opened, workload, url);
      return { operation: exchanging(opened, workload, url), close: () => opened.close() };
    }
  }
}

function open(client: Client, { skill }: Workload): Opened {
  return given(client.open, "open")(skill);
}

async function fill(opened: Opened, { cookies }: Workload, url: string): Promise<void> {
  if (cookies === 0) return;
  // Clients without a jar run along for comparison.
  if (opened.setCookie === undefined) return;
  for (let index = 1; index < cookies; index++) opened.setCookie(...foreignCookie(index, DOMAINS));
  opened.setCookie(`${OWN_COOKIE}; Path=/`, url);
  const sent = await given(opened.get, "get")(new URL("/cookie", url).href);
  if (sent !== OWN_COOKIE) throw new Error(`the cookie did not go along; the server got "${sent}"`);
}

function foreignCookie(index: number, domains: number): [line: string, url: string] {
  return [
    `name${index}=value${index}; Path=/; Max-Age=86400`,
    `https://www${index % domains}.example.com/some/page`,
  ];
}

function exchanging(opened: Opened, workload: Workload, url: string): Operation {
  const { bodyBytes } = workload;
  const varied = (turn: number): string => `${url}?page=${turn % URLS}`;
  switch (workload.action) {
    case "get": {
      const get = given(opened.get, "get");
      return async (turn) => expectLength((await get(varied(turn))).length, bodyBytes);
    }
    case "post": {
      const post = given(opened.post, "post");
      return async (turn) => expectLength((await post(varied(turn), document(turn))).length, bodyBytes);
    }
    case "json": {
      const json = given(opened.json, "json");
      return async (turn) => expectLength(lengthOf(await json(varied(turn))), GZIP_ROWS);
    }
    case "stream": {
      const stream = given(opened.stream, "stream");
      return async (turn) => expectLength(await stream(varied(turn)), bodyBytes);
    }
    case "bytes": {
      const bytes = given(opened.bytes, "bytes");
      return async (turn) => expectLength(await bytes(varied(turn)), bodyBytes);
    }
    case "upload": {
      const upload = given(opened.upload, "upload");
      return async (turn) =>
        expectLength(Number(await upload(varied(turn), () => pieces(bodyBytes))), bodyBytes);
    }
    default:
      throw new Error(`${workload.id} is not about an exchange`);
  }
}

function opening(client: Client, workload: Workload, url: string): Operation {
  if (workload.action === "session") {
    return async () => {
      await open(client, workload).close();
    };
  }
  return async () => {
    const opened = open(client, workload);
    expectLength((await given(opened.get, "get")(url)).length, workload.bodyBytes);
    await opened.close();
  };
}

function preparedJar(client: Client, workload: Workload): Prepared {
  const jar = given(client.jar, "jar")();
  // Five cookies a domain, however many there are.
  const domains = Math.ceil(workload.cookies / 5);
  for (let index = 0; index < workload.cookies; index++) jar.store(...foreignCookie(index, domains));
  const operation = workload.action === "lookup" ? lookingUp(jar, workload) : storing(jar, workload);
  return { operation, close: () => undefined };
}

function lookingUp(jar: Jar, { batch, cookies }: Workload): Operation {
  const urls = hosts(cookies);
  return () => {
    let length = 0;
    for (let index = 0; index < batch; index++)
      length += jar.header(urls[index % urls.length] ?? "")?.length ?? 0;
    if (length < batch) throw new Error("a cookie was not found");
  };
}

function storing(jar: Jar, { batch, cookies }: Workload): Operation {
  const urls = hosts(cookies);
  return (turn) => {
    for (let index = 0; index < batch; index++) {
      const url = urls[index % urls.length] ?? "";
      const value = `fresh${turn * batch + index}`;
      jar.store(`fresh=${value}; Path=/; Max-Age=86400`, url);
      if (jar.header(url)?.includes(value) !== true) throw new Error("a new value was not found");
    }
  };
}

function hosts(cookies: number): string[] {
  const domains = Math.min(HOSTS, Math.ceil(cookies / 5));
  return Array.from({ length: domains }, (_, index) => foreignCookie(index, domains)[1]);
}

/** About 200 bytes of JSON. */
function document(turn: number): unknown {
  return { id: turn, name: "a small document", tags: ["one", "two", "three"], text: "x".repeat(120) };
}

async function* pieces(bytes: number): AsyncGenerator<Uint8Array> {
  for (let left = bytes; left > 0; left -= PIECE.byteLength) {
    yield left < PIECE.byteLength ? PIECE.subarray(0, left) : PIECE;
  }
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : -1;
}

function expectLength(found: number, expected: number): void {
  if (found !== expected) throw new Error(`the body has ${found}, not ${expected}`);
}

/** @throws {Error} when `roster.ts` promises more than the client can. */
function given<Way>(way: Way | undefined, name: string): Way {
  if (way === undefined) throw new Error(`the client has no ${name}()`);
  return way;
}

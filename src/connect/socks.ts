/**
 * SOCKS 5, the client's side: RFC 1928, and user and password after RFC 1929. CONNECT only.
 */
import { isIP, type Socket } from "node:net";

import { ipv6Bytes } from "../core/address.ts";
import { ConnectFailure, reasonOf } from "./failures.ts";
import { SocketReader } from "./socket-reader.ts";

/** What to ask the proxy for. */
export interface SocksRequest {
  /** A name, which the proxy resolves, or an address. */
  readonly host: string;
  readonly port: number;
  readonly credentials: { readonly username: string; readonly password: string } | null;
}

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const USER_AND_PASSWORD = 2;
const CONNECT = 1;
const SUCCESS = 0;
/** Types of addresses (RFC 1928 §5). */
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;

/** RFC 1928 §6. */
const REFUSALS: readonly string[] = [
  "succeeded",
  "general failure",
  "not allowed by its rules",
  "network unreachable",
  "host unreachable",
  "connection refused",
  "time to live expired",
  "command not supported",
  "address type not supported",
];

/**
 * Asks a SOCKS proxy, on a fresh connection, to connect to a server. When it resolves, the socket leads there.
 *
 * @throws {ConnectFailure} when the proxy does not.
 */
export async function openSocks(socket: Socket, request: SocksRequest): Promise<void> {
  const reader = new SocketReader(socket);
  try {
    await agreeOnMethod(socket, reader, request);
    await askToConnect(socket, reader, request);
  } catch (cause) {
    if (cause instanceof ConnectFailure) throw cause;
    throw new ConnectFailure("proxy", `the SOCKS proxy did not answer: ${reasonOf(cause)}`, { cause });
  } finally {
    reader.release();
  }
}

async function agreeOnMethod(
  socket: Socket,
  reader: SocketReader,
  { credentials }: SocksRequest,
): Promise<void> {
  const methods = credentials === null ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, USER_AND_PASSWORD];
  socket.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await reader.take(2);
  if (version !== VERSION) throw new ConnectFailure("proxy", "the proxy does not speak SOCKS 5");
  if (method === NO_AUTHENTICATION) return;
  if (method !== USER_AND_PASSWORD || credentials === null) {
    throw new ConnectFailure("proxy", "the SOCKS proxy wants another kind of authentication");
  }
  socket.write(Buffer.concat([Buffer.from([1]), field(credentials.username), field(credentials.password)]));
  const [, status] = await reader.take(2);
  if (status !== SUCCESS) throw new ConnectFailure("proxy", "the SOCKS proxy refused user and password");
}

async function askToConnect(
  socket: Socket,
  reader: SocketReader,
  { host, port }: SocksRequest,
): Promise<void> {
  const portBytes = Buffer.from([port >> 8, port & 0xff]);
  socket.write(Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), addressOf(host), portBytes]));
  // A refusal may be cut short: its code has been told by then.
  const [version, status = 1] = await reader.take(2);
  if (version !== VERSION) throw new ConnectFailure("proxy", "the SOCKS proxy's answer makes no sense");
  if (status !== SUCCESS) {
    throw new ConnectFailure(
      "proxy",
      `the SOCKS proxy did not connect: ${REFUSALS[status] ?? `code ${status}`}`,
    );
  }
  const [, type] = await reader.take(2);
  // The address that the proxy is bound to is of no interest, but has to be read.
  await reader.take((await boundLength(reader, type)) + 2);
}

async function boundLength(reader: SocketReader, type: number | undefined): Promise<number> {
  if (type === IPV4) return 4;
  if (type === IPV6) return 16;
  if (type !== NAME) throw new ConnectFailure("proxy", "the SOCKS proxy's answer makes no sense");
  const [length = 0] = await reader.take(1);
  return length;
}

function addressOf(host: string): Buffer {
  switch (isIP(host)) {
    case 4:
      return Buffer.from([IPV4, ...host.split(".").map(Number)]);
    case 6:
      // A zone means nothing to another machine.
      return Buffer.from([
        IPV6,
        ...ipv6Bytes(new URL(`http://[${host.replace(/%.*$/, "")}]/`).hostname.slice(1, -1)),
      ]);
    default:
      return Buffer.concat([Buffer.from([NAME]), field(host)]);
  }
}

/** A length of one byte, and the text. */
function field(text: string): Buffer {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.byteLength > 255)
    throw new ConnectFailure("proxy", "a name, user or password is too long for SOCKS: 255 bytes at most");
  return Buffer.concat([Buffer.from([bytes.byteLength]), bytes]);
}

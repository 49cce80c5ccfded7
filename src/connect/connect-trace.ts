/**
 * ConnectTrace: what a program's instruments hear of a connection that is being opened, on undici's diagnostics channels: that it
 * begins, and once what became of it. Whose request it is for is not said: others may use it.
 */
import { channel } from "node:diagnostics_channel";
import { connect as connectSocket, isIP, type Socket } from "node:net";

import { nodeTls } from "../core/late.ts";
import { defaultPort } from "../core/origin.ts";
import { authorityOf, type Route } from "./route.ts";

const channels = {
  beforeConnect: channel("undici:client:beforeConnect"),
  connected: channel("undici:client:connected"),
  connectError: channel("undici:client:connectError"),
};

/** Where a connection leads, under undici's names. */
interface ConnectParams {
  readonly host: string;
  readonly hostname: string;
  readonly protocol: "http:" | "https:";
  /** `""` for that of the protocol. */
  readonly port: string;
  readonly version: "h1" | "h2" | undefined;
  readonly servername: string | null;
  readonly localAddress: string | null;
}

/** Does anybody want to hear of the connections that are opened now? */
export function isConnectTraced(): boolean {
  return (
    channels.beforeConnect.hasSubscribers ||
    channels.connected.hasSubscribers ||
    channels.connectError.hasSubscribers
  );
}

/** One attempt to connect. */
export class ConnectTrace {
  readonly #params: ConnectParams;
  /** What makes the first socket of the way. */
  readonly #connector: typeof connectSocket | ReturnType<typeof nodeTls>["connect"];

  constructor(route: Route, localAddress: string | undefined) {
    this.#params = paramsOf(route, localAddress ?? null);
    this.#connector = route.tls === null || route.via !== null ? connectSocket : nodeTls().connect;
  }

  /** It begins. */
  begin(): void {
    if (channels.beforeConnect.hasSubscribers)
      channels.beforeConnect.publish({ connectParams: this.#params, connector: this.#connector });
  }

  /** There is one. */
  onOpen(socket: Socket): void {
    if (!channels.connected.hasSubscribers) return;
    const isHttp2 = "alpnProtocol" in socket && socket.alpnProtocol === "h2";
    const connectParams: ConnectParams = { ...this.#params, version: isHttp2 ? "h2" : "h1" };
    channels.connected.publish({ connectParams, connector: this.#connector, socket });
  }

  /** There will be none. */
  onFailure(error: Error): void {
    if (channels.connectError.hasSubscribers)
      channels.connectError.publish({ connectParams: this.#params, connector: this.#connector, error });
  }
}

function paramsOf(route: Route, localAddress: string | null): ConnectParams {
  const { host: hostname, port, tls } = route;
  const scheme = tls === null ? "http" : "https";
  const isDefault = port === defaultPort(scheme);
  const authority = authorityOf(route);
  const name = tls === null ? null : (tls.tls?.serverName ?? hostname);
  return {
    host: isDefault ? authority.slice(0, authority.lastIndexOf(":")) : authority,
    hostname,
    protocol: `${scheme}:`,
    port: isDefault ? "" : String(port),
    version: undefined,
    servername: name === null || isIP(name) !== 0 ? null : name,
    localAddress,
  };
}

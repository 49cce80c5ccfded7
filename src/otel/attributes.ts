/**
 * What a span and a metric say of a message: names and values as OpenTelemetry's semantic conventions for HTTP ask for. Pure.
 */
import type { Attributes } from "@opentelemetry/api";

import { RequestException } from "../core/errors.ts";
import type { HeaderMap } from "../core/headers.ts";
import { defaultPort } from "../core/origin.ts";
import { isError } from "../core/realm.ts";
import { asUtf8 } from "../core/received-text.ts";
import type { MessageHead, Sending } from "../core/records.ts";
import { REDACTED, shownField, shownUrl } from "../core/redact.ts";
import type { PreparedRequest } from "../core/request.ts";
import type { ConnectionInfo } from "../core/response.ts";
import { isHttpLike } from "../core/url.ts";

/** What is written in place of a secret: the word of the conventions. */
const HIDDEN = "REDACTED";

/** What a program wants to be told of. */
export interface Wanted {
  readonly knownMethods: ReadonlySet<string>;
  /** In lower case. */
  readonly requestHeaders: readonly string[];
  /** In lower case. */
  readonly responseHeaders: readonly string[];
  readonly urlTemplate: ((sending: Sending) => string | null) | null;
}

/** Of a message that is about to be sent. */
export interface Beginning {
  /** Of the span. */
  readonly name: string;
  /** For span and metric. */
  readonly common: Attributes;
  /** For the span. */
  readonly attributes: Attributes;
}

/** What is known before a message is sent, and so what samplers see. */
export function beginningOf(sending: Sending, wanted: Wanted): Beginning {
  const { method, request, resends } = sending;
  const isKnown = wanted.knownMethods.has(method);
  const template = wanted.urlTemplate?.(sending) ?? null;
  const common: Attributes = {
    "http.request.method": isKnown ? method : "_OTHER",
    ...serverOf(request),
    ...(template === null ? {} : { "url.template": template }),
  };
  const verb = isKnown ? method : "HTTP";
  return {
    name: template === null ? verb : `${verb} ${template}`,
    common,
    attributes: {
      ...common,
      "url.full": fullUrl(request),
      ...(isKnown ? {} : { "http.request.method_original": method }),
      ...(resends === 0 ? {} : { "http.request.resend_count": resends }),
      ...fieldsOf("request", request.headers, wanted.requestHeaders),
    },
  };
}

/** Of the head of a response: for the span. */
export function headAttributes(
  {
    status,
    httpVersion,
    headers,
    connection,
  }: Pick<MessageHead, "status" | "httpVersion" | "headers" | "connection">,
  wanted: Wanted,
): Attributes {
  return {
    ...resultOf(status, httpVersion),
    ...peerOf(connection),
    ...fieldsOf("response", headers, wanted.responseHeaders),
  };
}

/** Of the head of a response: for span and metric. */
export function resultOf(status: number, httpVersion: string): Attributes {
  return {
    "http.response.status_code": status,
    "network.protocol.version": httpVersion,
    ...(isFailure(status) ? { "error.type": String(status) } : {}),
  };
}

/** Does the status mean an error to a client? */
export function isFailure(status: number): boolean {
  return status >= 400;
}

/** The other end of the connection: the server, or the first proxy on the way. */
export function peerOf(connection: ConnectionInfo | null): Attributes {
  if (connection === null) return {};
  const { remoteAddress, remotePort, socketPath } = connection;
  if (socketPath !== null) return { "network.peer.address": socketPath };
  if (remoteAddress === null) return {};
  return {
    "network.peer.address": remoteAddress,
    ...(remotePort === null ? {} : { "network.peer.port": remotePort }),
  };
}

/**
 * What a message failed with, as a word of a short list: the `code` of our errors, the name of the class of others. Never a text: each
 * other one would be another row in whatever counts them.
 */
export function errorType(error: unknown): string {
  if (error instanceof RequestException) return error.code;
  if (!isError(error)) return "_OTHER";
  // Of a DOMException the class says nothing, and the name comes from a list.
  const name = error instanceof DOMException ? error.name : error.constructor.name;
  return /^[a-z_$][\w$]{0,63}$/i.test(name) ? name : "_OTHER";
}

/**
 * The URL without secrets: user info as the conventions write it, and the values of parameters that they name, or whose names look
 * secret.
 */
export function fullUrl(request: PreparedRequest): string {
  const shown = shownUrl(request.url).replaceAll(REDACTED, HIDDEN);
  const hasUser = isHttpLike(request.url) && request.parsed.userinfo !== null;
  return hasUser ? shown.replace("://", `://${HIDDEN}:${HIDDEN}@`) : shown;
}

/** `host`, and `:port` where it is given; an IPv6 address stands in brackets. */
const AUTHORITY = /^(\[[\da-f:.]+\]|[^:\s[\]/?#@]+)(?::(\d{1,5}))?$/i;

/** Whom the server is addressed as: what a `Host` field says goes before the URL. */
function serverOf(request: PreparedRequest): Attributes {
  if (!isHttpLike(request.url)) return {};
  const { scheme, authority } = request.parsed;
  const [, host = "", port] =
    AUTHORITY.exec(request.headers.get("host") ?? "") ?? AUTHORITY.exec(authority) ?? [];
  const number = port === undefined ? defaultPort(scheme) : Number(port);
  return {
    "server.address": host.replaceAll(/^\[|\]$/g, ""),
    ...(number === null ? {} : { "server.port": number }),
  };
}

function fieldsOf(side: "request" | "response", headers: HeaderMap, names: readonly string[]): Attributes {
  const found: Attributes = {};
  for (const name of names) {
    const values = headers.getAll(name);
    if (values.length === 0) continue;
    found[`http.${side}.header.${name}`] = values.map((value) =>
      shownField(name, asUtf8(value)).replaceAll(REDACTED, HIDDEN),
    );
  }
  return found;
}

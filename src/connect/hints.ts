/**
 * What to do about an other side that is not what it was taken for: said behind the reason, where it is known what is mostly
 * behind it. Pure.
 */
import type { Verify } from "../core/adapter.ts";
import { isError } from "../core/realm.ts";

/** OpenSSL's codes for a chain that leads to nobody who is trusted. */
const UNTRUSTED: ReadonlySet<string> = new Set([
  "CERT_REJECTED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "INVALID_CA",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** What OpenSSL says when the answer to its first message has not the form of TLS. */
const NO_TLS: ReadonlySet<string> = new Set([
  "ERR_SSL_HTTP_REQUEST",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
  "ERR_SSL_WRONG_VERSION_NUMBER",
]);

/** Whom TLS was begun with: `url` is what to write when it speaks no TLS. */
export interface TlsOther {
  readonly verify: Verify;
  readonly url: string;
}

/** A clause for the end of a message; `""` where there is nothing to advise. */
export function tlsHint(error: unknown, { verify, url }: TlsOther): string {
  const code = isError(error) && "code" in error ? String(error.code) : "";
  if (NO_TLS.has(code)) return `; what answers there does not speak TLS, so its URL is ${url}`;
  return UNTRUSTED.has(code) ? `; ${trustHint(verify)}` : "";
}

function trustHint(verify: Verify): string {
  if (verify.kind !== "path" && verify.kind !== "pem")
    return "verify takes the certificate of an authority to trust, and so does NODE_EXTRA_CA_CERTS";
  if (verify.kind === "path" && verify.variable !== undefined) {
    return (
      `trusted is the bundle ${JSON.stringify(verify.path)} alone, because the environment has ${verify.variable}: ` +
      "it takes the place of Node's roots and of NODE_EXTRA_CA_CERTS (trustEnv: { ca: false } leaves it out)"
    );
  }
  return "trusted are the certificates of verify alone, in the place of Node's roots";
}

/** How others begin to speak that are not HTTP/1.1, byte by byte in latin-1. */
const PROTOCOLS: readonly (readonly [beginning: RegExp, clause: string])[] = [
  // A record of TLS: an alert, or a handshake (RFC 8446 §5.1).
  // oxlint-disable-next-line no-control-regex -- bytes of it
  [/^[\x15\x16]\x03/, "what answers there speaks TLS, so its URL begins with https://"],
  // A frame SETTINGS (RFC 9113 §3.4).
  // oxlint-disable-next-line no-control-regex -- bytes of it
  [/^\0\0[^]\x04/, "what answers there speaks HTTP/2 without TLS, which is not supported"],
  [/^SSH-/, "it is an SSH server"],
  [/^220[ -]/, "it is a server of mail or files"],
];

/** A clause for the end of a message about what came in the place of a response; `""` where it is not known what it is. */
export function protocolHint(bytes: Uint8Array): string {
  const beginning = String.fromCharCode(...bytes.subarray(0, 8));
  const clause = PROTOCOLS.find(([kind]) => kind.test(beginning))?.[1];
  return clause === undefined ? "" : `: ${clause}`;
}

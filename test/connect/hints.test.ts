/** What is said behind the reason where the other side is not what it was taken for. */
import { describe, expect, it } from "vitest";

import type { Verify } from "../../src/core/adapter.ts";
import { protocolHint, tlsHint } from "../../src/connect/hints.ts";

function withCode(code: string): Error {
  return Object.assign(new Error("so it is"), { code });
}

describe("the hint about TLS", () => {
  it.for<[code: string, verify: Verify, hint: RegExp]>([
    [
      "ERR_SSL_WRONG_VERSION_NUMBER",
      { kind: "default" },
      /does not speak TLS, so its URL is http:\/\/a\.test:443/,
    ],
    ["ERR_SSL_PACKET_LENGTH_TOO_LONG", { kind: "default" }, /does not speak TLS/],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", { kind: "default" }, /verify takes .*NODE_EXTRA_CA_CERTS/],
    ["SELF_SIGNED_CERT_IN_CHAIN", { kind: "path", path: "/x.pem" }, /certificates of verify alone/],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", { kind: "pem", pem: "x" }, /certificates of verify alone/],
    [
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      { kind: "path", path: "/x.pem", variable: "CURL_CA_BUNDLE" },
      /bundle "\/x\.pem" alone, because the environment has CURL_CA_BUNDLE/,
    ],
    ["CERT_HAS_EXPIRED", { kind: "path", path: "/x.pem", variable: "CURL_CA_BUNDLE" }, /^$/],
    ["ECONNRESET", { kind: "default" }, /^$/],
  ])("of %s", ([code, verify, hint]) => {
    expect(tlsHint(withCode(code), { verify, url: "http://a.test:443" })).toMatch(hint);
  });

  it("is none without an error that has a code", () => {
    const other = { verify: { kind: "default" }, url: "http://a.test" } as const;
    expect([tlsHint(undefined, other), tlsHint(new Error("so it is"), other)]).toEqual(["", ""]);
  });
});

describe("the hint about what came in the place of HTTP/1.1", () => {
  it.for([
    ["an alert of TLS", [0x15, 3, 1, 0, 2, 2, 70], /speaks TLS, so its URL begins with https:/],
    ["a handshake of TLS", [0x16, 3, 3, 0, 60], /speaks TLS/],
    ["a frame SETTINGS of HTTP/2", [0, 0, 18, 4, 0, 0, 0, 0, 0], /HTTP\/2 without TLS/],
    ["SSH", Buffer.from("SSH-2.0-x"), /SSH/],
    ["SMTP", Buffer.from("220 mail"), /mail/],
    ["HTTP", Buffer.from("HTTP/3.0"), /^$/],
    ["a text", Buffer.from("2200"), /^$/],
    ["nothing", [], /^$/],
  ] as const)("of %s", ([, bytes, hint]) => {
    expect(protocolHint(Uint8Array.from(bytes))).toMatch(hint);
  });
});

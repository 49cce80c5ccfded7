import { describe, expect, it } from "vitest";

import { noProxyRules } from "../../src/core/environment.ts";
import type { Phase } from "../../src/core/errors.ts";
import { HeaderMap } from "../../src/core/headers.ts";
import { ConnectFailure, ConnectionEnded, ConnectOverdue } from "../../src/connect/failures.ts";
import { translate } from "../../src/transport/failures.ts";
import { ResponseOverflow } from "../../src/core/response-limits.ts";
import { ResponseSyntaxError } from "../../src/http1/syntax-error.ts";
import { requestFor } from "../support/messages.ts";

const limits = { maxHeaderBytes: 65_536, maxHeaderCount: 1000, maxInformational: 100 };
const request = requestFor("https://user:s3cret@a.test/x?token=s3cret");

function withCode(code: string, message: string = "so it is"): Error {
  return Object.assign(new Error(message), { code });
}

function translated(error: Error, phase: Phase, isForwarded: boolean = false) {
  const proxies = { explicit: noProxyRules, environment: noProxyRules };
  return translate(error, { request, phase, isForwarded, proxies, isUnanswered: false, body: null });
}

describe("errors from below", () => {
  it.for([
    // error                                                     phase      class                    phase told
    [new ConnectOverdue(50, "connect"), "connect", "ConnectTimeout", "connect"],
    [new ConnectOverdue(50, "pool"), "connect", "ConnectTimeout", "pool"],
    [new ConnectFailure("address", "refused"), "connect", "ConnectionError", "connect"],
    [
      new ConnectFailure("proxy", "refused", { answer: { status: 407, headers: new HeaderMap() } }),
      "connect",
      "ProxyError",
      "connect",
    ],
    [
      new ConnectFailure("proxy", "much", { cause: new ResponseOverflow(limits, "maxHeaderCount", 1001) }),
      "connect",
      "ProxyError",
      "connect",
    ],
    [new ConnectFailure("tls", "expired"), "connect", "SSLError", "connect"],
    [new ConnectFailure("material", "no file"), "connect", "SSLError", "prepare"],
    [withCode("ECONNRESET"), "head", "ConnectionError", "head"],
    [withCode("EPIPE"), "send", "ConnectionError", "send"],
    [new ConnectionEnded(), "head", "ConnectionError", "head"],
    [new ResponseOverflow(limits, "maxHeaderBytes", null), "head", "HeadersTooLarge", "head"],
    [new ResponseOverflow(limits, "maxHeaderCount", 1001), "body", "HeadersTooLarge", "body"],
    [withCode("ERR_ASSERTION"), "head", "ConnectionError", "head"],
    [withCode("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"), "head", "SSLError", "head"],
    [withCode("EPROTO"), "head", "SSLError", "head"],
    [new ResponseSyntaxError("two lengths", "framing", 0), "head", "InvalidHeader", "head"],
    [new ResponseSyntaxError("no HTTP", "protocol", 0), "head", "ConnectionError", "head"],
    [withCode("ECONNRESET"), "body", "ChunkedEncodingError", "body"],
    [new ResponseSyntaxError("bad chunk", "chunk", 0), "body", "ChunkedEncodingError", "body"],
    [new ResponseSyntaxError("too much", "flood", 0), "body", "ChunkedEncodingError", "body"],
  ] as const)("%s in phase %s is a %s", ([error, phase, name, told]) => {
    const ours = translated(error, phase);
    expect(ours).toMatchObject({ name, phase: told, request });
    expect(ours.message).toMatch(/: GET https:\/\/a\.test\/x$/);
    expect(ours.message).not.toContain("s3cret");
  });

  it("of a proxy that requests are forwarded to are the proxy's, unless it answered nonsense", () => {
    expect(translated(withCode("ECONNRESET"), "head", true).name).toBe("ProxyError");
    expect(translated(new ResponseSyntaxError("no HTTP", "protocol", 0), "head", true).name).toBe(
      "ConnectionError",
    );
    expect(translated(withCode("ECONNRESET"), "body", true).name).toBe("ChunkedEncodingError");
  });

  it("keep what was below as the cause", () => {
    const below = withCode("ECONNRESET");
    expect(translated(below, "head").cause).toBe(below);
  });

  it("name every address that was tried", () => {
    const all = new AggregateError(
      [
        withCode("ECONNREFUSED", "connect ECONNREFUSED ::1:1"),
        withCode("ECONNREFUSED", "connect ECONNREFUSED 127.0.0.1:1"),
      ],
      "",
    );
    expect(translated(all, "head").message).toContain(
      "connect ECONNREFUSED ::1:1, connect ECONNREFUSED 127.0.0.1:1",
    );
  });

  it("have one line, also OpenSSL's", () => {
    const openssl = Object.assign(
      withCode("ERR_SSL_WRONG_VERSION_NUMBER", "40BD:error:0A00010B:SSL routines:\n"),
      { reason: "wrong version number" },
    );
    expect(translated(openssl, "head").message).toBe(
      "TLS failed: wrong version number: GET https://a.test/x",
    );
  });
});

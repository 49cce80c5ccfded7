/**
 * The public surface is a decision: a name that comes or goes is a row here, and a line of CHANGELOG.md.
 */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import * as sojourn from "../src/index.ts";
import * as charset from "../src/charset.ts";
import * as formats from "../src/formats.ts";
import * as oauth2 from "../src/oauth2.ts";
import * as otel from "../src/otel.ts";
import * as terminal from "../src/terminal.ts";
import * as testing from "../testing/index.ts";

const names = `
  AddressRefused AppAdapter AuthByOrigin ChunkedEncodingError ConnectTimeout ConnectionError ContentDecodingError CookieConflictError CookieJar FileSessionStore HTTPError
  HeaderMap HeadersTooLarge HstsStore HttpAdapter HttpBasicAuth HttpBearerAuth HttpDigestAuth HttpGuessAuth HttpProxyAuth HttpProxyDigestAuth InvalidBody InvalidHeader
  InvalidJSONError InvalidMethod InvalidProxyURL InvalidSchema InvalidURL JSONDecodeError MemorySessionStore MissingSchema PreparedRequest
  ProxyError ReadTimeout Request RequestException Response ResponsePromise ResponseTooLarge Retry RetryError SSLError
  SchemaError Session SessionClosed SessionFileError SessionLockedError StreamConsumedError StreamedResponse Timeout TooManyCodings TooManyRedirects UnrewindableBodyError codes
  defaultHeaders defaultUserAgent del delete dump get head options parseSetCookie patch post put query request toFetch version
  wireBodyFrom wireResponse
`;

describe("the package", () => {
  it("exports these names and no other", () => {
    expect(Object.keys(sojourn).sort()).toEqual(names.trim().split(/\s+/).sort());
    expect(Object.keys(charset).sort()).toEqual(["detectCharset"]);
    expect(Object.keys(formats).sort()).toEqual([
      "FormatError",
      "detectFormat",
      "formatCookiesTxt",
      "formatHttpie",
      "formatToughCookie",
      "parseBrowserCookies",
      "parseCookiesTxt",
      "parseCurl",
      "parseExtensionCookies",
      "parseHar",
      "parseHttpie",
      "parseLwp",
      "parseToughCookie",
      "toCurl",
    ]);
    expect(Object.keys(oauth2).sort()).toEqual([
      "OAuth2Error",
      "oauth2ClientCredentials",
      "oauth2RefreshToken",
    ]);
    expect(Object.keys(otel).sort()).toEqual(["ignoreSojourn", "instrument"]);
    expect(Object.keys(terminal).sort()).toEqual(["logTo", "progressBar"]);
    expect(Object.keys(testing).sort()).toEqual([
      "sessionStoreContract",
      "sessionStoreModel",
      "startTestServer",
    ]);
  });

  it("tells its version", async () => {
    const { version } = JSON.parse(await readFile(new URL("../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    expect(sojourn.version).toBe(version);
    expect(sojourn.defaultUserAgent()).toBe(`sojourn/${version}`);
  });
});

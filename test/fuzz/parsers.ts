/** Every function that reads what a server, a file or a URL of somebody else says, each as a function of one text. */
import { parseChallenges, parseParameters } from "../../src/auth/challenge.ts";
import { chooseDigest } from "../../src/auth/digest-challenge.ts";
import { parseNetrc } from "../../src/auth/netrc.ts";
import { RequestException } from "../../src/core/errors.ts";
import {
  detectFormat,
  FormatError,
  parseBrowserCookies,
  parseCookiesTxt,
  parseHar,
  parseHttpie,
  parseLwp,
  parseToughCookie,
} from "../../src/formats.ts";
import { HeaderMap } from "../../src/core/headers.ts";
import { bareUrl, shownFields, shownUrls } from "../../src/core/redact.ts";
import { PreparedRequest } from "../../src/core/request.ts";
import { resolveReceived } from "../../src/core/received-url.ts";
import { parseUrl } from "../../src/core/url.ts";
import { parseCookieDate } from "../../src/cookies/date.ts";
import { CookieJar } from "../../src/cookies/jar.ts";
import { parseSetCookie } from "../../src/cookies/parse.ts";
import { apparentEncoding, charsetOf, type Hints } from "../../src/encoding/charset.ts";
import { parseContentEncoding } from "../../src/encoding/content-coding.ts";
import { jsonText, parseJsonText } from "../../src/encoding/json.ts";
import { parseMediaType } from "../../src/encoding/media-type.ts";
import { decodeText } from "../../src/encoding/text.ts";
import { parseStrictTransport } from "../../src/hsts/store.ts";
import { atHome } from "../../src/core/options.ts";
import { noFields, noOrigins } from "../../src/options/trusted-origins.ts";
import { multipartType } from "../../src/prepare/multipart.ts";
import { bypassesProxy } from "../../src/proxy/no-proxy.ts";
import { parseProxy } from "../../src/proxy/select.ts";
import type { RedirectTerms } from "../../src/redirects/border.ts";
import { decideRedirect } from "../../src/redirects/decide.ts";
import { fileName } from "../../src/download/file-name.ts";
import { parseLinks } from "../../src/response/links.ts";
import { contentRange, versionOf } from "../../src/download/ranges.ts";
import { parseRetryAfter } from "../../src/retries/retry-after.ts";
import { lineSplitter } from "../../src/response/lines.ts";

const BASE = parseUrl("http://a.test/b/c");
const NOW = Date.UTC(2026, 10, 21);
const utf8 = new TextEncoder();
const REQUEST = new PreparedRequest({
  method: "GET",
  url: BASE.href,
  headers: new HeaderMap(),
  payload: null,
});
const BORDER: RedirectTerms = {
  trustedOrigins: noOrigins,
  crossOriginHeaders: noFields,
  verify: { kind: "default" },
  journey: atHome,
};

function page(contentType: string): Hints {
  return { contentType, detectEncoding: null };
}

/** Our errors are an answer, too; others are not. */
function answered(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof RequestException || error instanceof FormatError)) throw error;
  }
}

const all: Readonly<Record<string, (text: string) => unknown>> = {
  "Set-Cookie": parseSetCookie,
  "Set-Cookie, into a jar": (text) => new CookieJar().setCookie(text, "http://a.test/"),
  "cookie date": parseCookieDate,
  challenges: (text) => parseChallenges([text]),
  "challenges, Digest": (text) => chooseDigest(parseChallenges([`Digest ${text}`])),
  "Authentication-Info": parseParameters,
  Link: (text) => parseLinks(text, BASE.href),
  "Content-Type": parseMediaType,
  "Content-Type, charset": charsetOf,
  "Content-Encoding": (text) => parseContentEncoding(text, 5),
  "Content-Disposition": (text) => fileName(text, "http://a.test/"),
  "Content-Disposition, quoted": (text) => fileName(`attachment; filename="${text}"`, "http://a.test/"),
  "Content-Disposition, extended": (text) =>
    fileName(`attachment; filename*=UTF-8''${text}`, "http://a.test/"),
  "file name of a URL": (text) => fileName(null, `http://a.test/${text}`),
  "Retry-After": (text) => parseRetryAfter(text, NOW),
  Location: (text) => resolveReceived(text, BASE.href),
  "Location, decision": (text) =>
    decideRedirect(
      { status: 302, headers: HeaderMap.fromWire(["Location", text]), request: REQUEST },
      BORDER,
      (url) => url,
    ),
  "Strict-Transport-Security": parseStrictTransport,
  "Content-Range": (text) => contentRange(HeaderMap.fromWire(["Content-Range", text])),
  "ETag, Last-Modified, Date": (text) =>
    versionOf({
      status: 200,
      headers: HeaderMap.fromWire(["ETag", text, "Last-Modified", text, "Date", text]),
    }),
  "proxy URL": parseProxy,
  "URL, path": (text) => parseUrl(`http://a.test/${text}`),
  "URL, host": (text) => parseUrl(`http://${text}/`),
  "URL, whole": parseUrl,
  "multipart boundary": (text) => multipartType(`multipart/form-data; ${text}`, () => "b"),
  NO_PROXY: (text) => bypassesProxy(BASE, text),
  netrc: parseNetrc,
  JSON: (text) => parseJsonText(jsonText(utf8.encode(text), { name: "utf-8", origin: "declared" })),
  "text, guessed": (text) => decodeText(utf8.encode(text), { name: null, origin: "assumed" }),
  "HTML with meta": (text) => apparentEncoding(utf8.encode(`<meta ${text}>`), page("text/html")),
  "XML declaration": (text) => apparentEncoding(utf8.encode(`<?xml ${text}?>`), page("text/xml")),
  "Content-Type, page": (text) => apparentEncoding(utf8.encode("<p>"), page(text)),
  lines: (text) => {
    const splitter = lineSplitter({});
    return [...splitter.push(text), ...splitter.end()];
  },
  "format of a file": detectFormat,
  "cookies.txt": (text) => parseCookiesTxt(text),
  "cookies.txt, a row": (text) => parseCookiesTxt(`a.test\tTRUE\t/\tTRUE\t${text}\t${text}\t${text}`),
  "cookies.txt, a domain": (text) => parseCookiesTxt(`${text}\tTRUE\t/\tTRUE\t0\ta\t1`),
  "Set-Cookie3": (text) => parseLwp(`Set-Cookie3: ${text}`),
  "Set-Cookie3, quoted": (text) => parseLwp(`Set-Cookie3: a="${text}"; domain=a.test; expires="${text}"`),
  "browser's cookies": (text) => parseBrowserCookies([{ name: text, value: text, domain: text, expires: -1 }]),
  "tough-cookie": (text) => parseToughCookie([{ key: text, value: text, domain: "a.test", expires: text }]),
  HTTPie: (text) => parseHttpie({ cookies: {}, headers: { a: text }, auth: { type: "basic", raw_auth: text } }),
  HAR: (text) => parseHar({ log: { entries: [{ startedDateTime: text, request: { url: text, method: text } }] } }),
  "HAR, Set-Cookie": (text) =>
    parseHar({
      log: {
        entries: [
          {
            startedDateTime: "2026-11-30T00:00:00Z",
            request: { method: "GET", url: BASE.href, headers: [{ name: "Cookie", value: text }] },
            response: { headers: [{ name: "Set-Cookie", value: text }] },
          },
        ],
      },
    }),
  "redaction of fields": shownFields,
  "redaction of URLs": shownUrls,
  "redaction of a URL": bareUrl,
};

/** By name. What they throw of ours is an answer. */
export const parsers: ReadonlyMap<string, (text: string) => void> = new Map(
  Object.entries(all).map(([name, parse]) => [name, (text: string) => answered(() => parse(text))]),
);

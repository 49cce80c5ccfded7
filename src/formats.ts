/**
 * `sojourn/formats`: cookies, sessions and requests from and to elsewhere.
 */
export { parseCurl, type IgnoredOption, type ParseCurlOptions, type ParsedCurl } from "./curl/parse-curl.ts";
export type { CurlRequest } from "./curl/request.ts";
export type { Shell } from "./curl/shell.ts";
export { toCurl, type ToCurlOptions } from "./curl/to-curl.ts";
export { parseBrowserCookies, parseExtensionCookies } from "./formats/browser-lists.ts";
export { formatCookiesTxt, parseCookiesTxt } from "./formats/cookies-txt.ts";
export { detectFormat } from "./formats/detect.ts";
export { parseHar, type ReadHar } from "./formats/har.ts";
export type { HarRequest, HarRequestOptions } from "./formats/har-request.ts";
export {
  formatHttpie,
  parseHttpie,
  type HttpieAuth,
  type HttpieReadOptions,
  type HttpieSource,
  type HttpieWriteOptions,
  type ReadHttpie,
} from "./formats/httpie.ts";
export type { FileInput } from "./formats/input.ts";
export { parseLwp } from "./formats/lwp.ts";
export type { CookieSource, Written } from "./formats/outgoing.ts";
export {
  FormatError,
  type CookieIdentity,
  type FormatName,
  type Loss,
  type Problem,
  type ProblemReason,
  type ReadOptions,
} from "./formats/problem.ts";
export type { ReadCookies } from "./formats/reading.ts";
export { formatToughCookie, parseToughCookie } from "./formats/tough-cookie.ts";

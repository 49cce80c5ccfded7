/**
 * Status codes by name, and what a status means for the message (RFC 9110 §15).
 *
 * The names are those of the IANA registry in camelCase, and a few that many know from elsewhere (`okay`, `teapot`).
 */

/**
 * Status codes by name: `codes.notFound === 404`.
 *
 * Unlike requests, `codes.earlyHints` is 103 and `codes.preconditionFailed` has no alias that means 428.
 */
export const codes = {
  continue: 100,
  switchingProtocols: 101,
  processing: 102,
  earlyHints: 103,
  ok: 200,
  okay: 200,
  created: 201,
  accepted: 202,
  nonAuthoritativeInformation: 203,
  noContent: 204,
  resetContent: 205,
  partialContent: 206,
  multiStatus: 207,
  alreadyReported: 208,
  imUsed: 226,
  multipleChoices: 300,
  movedPermanently: 301,
  moved: 301,
  found: 302,
  seeOther: 303,
  notModified: 304,
  useProxy: 305,
  temporaryRedirect: 307,
  permanentRedirect: 308,
  badRequest: 400,
  unauthorized: 401,
  paymentRequired: 402,
  forbidden: 403,
  notFound: 404,
  methodNotAllowed: 405,
  notAcceptable: 406,
  proxyAuthenticationRequired: 407,
  requestTimeout: 408,
  conflict: 409,
  gone: 410,
  lengthRequired: 411,
  preconditionFailed: 412,
  contentTooLarge: 413,
  payloadTooLarge: 413,
  requestEntityTooLarge: 413,
  uriTooLong: 414,
  unsupportedMediaType: 415,
  rangeNotSatisfiable: 416,
  expectationFailed: 417,
  imATeapot: 418,
  teapot: 418,
  misdirectedRequest: 421,
  unprocessableContent: 422,
  unprocessableEntity: 422,
  locked: 423,
  failedDependency: 424,
  tooEarly: 425,
  upgradeRequired: 426,
  preconditionRequired: 428,
  tooManyRequests: 429,
  requestHeaderFieldsTooLarge: 431,
  unavailableForLegalReasons: 451,
  internalServerError: 500,
  serverError: 500,
  notImplemented: 501,
  badGateway: 502,
  serviceUnavailable: 503,
  gatewayTimeout: 504,
  httpVersionNotSupported: 505,
  variantAlsoNegotiates: 506,
  insufficientStorage: 507,
  loopDetected: 508,
  notExtended: 510,
  networkAuthenticationRequired: 511,
} as const;

/** Is it one of the five statuses that are followed when a Location comes with them? */
export function isRedirectStatus(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/** Does the status mean that the resource moved for good (RFC 9110 §15.4.2, §15.4.9)? */
export function isPermanentRedirectStatus(status: number): boolean {
  return status === 301 || status === 308;
}

/** Did the server do what it was asked for (RFC 9110 §15.3)? */
export function isSuccessStatus(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** Has a response no content, whatever its fields say (RFC 9110 §6.4.1)? */
export function hasNoContent(method: string, status: number): boolean {
  return method === "HEAD" || status === 204 || status === 304;
}

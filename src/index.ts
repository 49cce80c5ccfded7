/**
 * The public surface of the package: each name written out.
 */
import { assertNewEnough } from "./environment/node-version.ts";

export {
  del,
  del as delete,
  get,
  head,
  options,
  patch,
  post,
  put,
  query,
  request,
  type Verb,
} from "./session/api.ts";
export { Session } from "./session/session.ts";
export type { OpenOptions, Referring, ReferringRecord } from "./session/open.ts";
export type { SecretsMode } from "./session/kept-settings.ts";
export type { EnvironmentReference, ReferringOption } from "./session/references.ts";
export type { SaveWhen } from "./session/keeper.ts";
export type { ResponseOf } from "./session/verbs.ts";
export { FileSessionStore, type FileSessionStoreOptions, type ListedSession } from "./store/file-store.ts";
export { MemorySessionStore } from "./store/memory-store.ts";
export type { SessionKey } from "./store/cipher.ts";
export {
  SessionFileError,
  SessionLockedError,
  type Change,
  type CookieKey,
  type Json,
  type Kept,
  type KeptCookie,
  type KeptHost,
  type LockHolder,
  type SessionFileProblem,
  type SessionState,
  type SessionStore,
  type Stored,
} from "./core/session-store.ts";
export type { DownloadOptions } from "./session/download.ts";
export { toFetch, type FetchDefaults } from "./fetch/to-fetch.ts";
export { defaultHeaders, defaultUserAgent } from "./options/headers.ts";
export type { Url, UrlParts } from "./core/url.ts";
export type { Origin } from "./core/origin.ts";
export type { ProxyRules } from "./core/environment.ts";
export { version } from "./core/version.ts";

export { HeaderMap, type HeadersInit, type HeaderValue } from "./core/headers.ts";
export { codes } from "./core/status.ts";
export { PreparedRequest, type PreparedParts } from "./core/request.ts";
export {
  Request,
  type CertInit,
  type CookiesInit,
  type DataInit,
  type FieldsInit,
  type FieldsObject,
  type FileInit,
  type FilePart,
  type FilesInit,
  type ParamsInit,
  type ProxiesInit,
  type RequestOptions,
  type Scalar,
  type SendInit,
  type ScopeOptions,
  type SessionOptions,
  type SharedOptions,
  type StrictTransport,
  type TimeoutInit,
  type TrustEnv,
  type AddressPolicyInit,
  type DetectEncoding,
  type TlsInit,
  type VerifyInit,
} from "./core/options.ts";
export type { Body, BytesBody, OpenFile, RawBody, StreamBody } from "./core/body.ts";
export type { HookEvent, HookFunctions, HooksInit } from "./core/hooks.ts";
export {
  AddressRefused,
  ChunkedEncodingError,
  ConnectionError,
  ConnectTimeout,
  ContentDecodingError,
  CookieConflictError,
  HeadersTooLarge,
  HTTPError,
  InvalidBody,
  InvalidHeader,
  InvalidJSONError,
  InvalidMethod,
  InvalidProxyURL,
  InvalidSchema,
  InvalidURL,
  JSONDecodeError,
  MissingSchema,
  ProxyError,
  ReadTimeout,
  RequestException,
  ResponseTooLarge,
  RetryError,
  SchemaError,
  SessionClosed,
  SSLError,
  StreamConsumedError,
  Timeout,
  TooManyCodings,
  TooManyRedirects,
  UnrewindableBodyError,
  type Attempt,
  type ExceptionDetails,
  type FailedRequest,
  type FailedResponse,
  type Phase,
  type SchemaIssue,
} from "./core/errors.ts";

export type { ExplainOptions } from "./explain/explain.ts";
export type { Explanation } from "./explain/explanation.ts";
export type {
  Beaten,
  Dropped,
  DropReason,
  Explained,
  ExplainedAdapter,
  ExplainedAuth,
  ExplainedCookie,
  ExplainedCookies,
  ExplainedHeader,
  ExplainedHook,
  ExplainedHsts,
  ExplainedParam,
  ExplainedProxy,
  ExplainedRedirects,
  ExplainedSetting,
  ExplainedTimeouts,
  ExplainedTls,
  ExplainedWithheld,
  ExplanationData,
  ShownValue,
} from "./explain/data.ts";
export type { Source, SourceLayer } from "./core/source.ts";

export type { EventListener, SessionEvents, Subscription } from "./events/session-events.ts";
export type { Inspector, InspectOptions } from "./inspect/inspector.ts";
export type { Recorder, RecorderNews, RecordOptions } from "./record/recorder.ts";
export type {
  EntryFacts,
  Har,
  HarCall,
  HarConnection,
  HarCookie,
  HarEntry,
  HarLog,
  HarPair,
} from "./record/har-types.ts";
export type {
  AuthRecord,
  CallRecord,
  CapturedBody,
  ConnectionRecord,
  CookieFate,
  CookieRecord,
  EventName,
  EventRecords,
  HstsRecord,
  MessageHead,
  MessageOf,
  MessagePlace,
  MessageReason,
  MessageRecord,
  Outcome,
  RedirectRecord,
  RetryRecord,
  Sending,
  TellWithin,
  StoreRecord,
} from "./core/records.ts";

export { dump, type DumpOptions } from "./response/dump.ts";
export { Response } from "./response/response.ts";
export { StreamedResponse } from "./response/streamed.ts";
export type { BodyStream } from "./response/web-stream.ts";
export { ResponsePromise } from "./response/promise.ts";
export { wireBodyFrom, wireResponse, type WireBodyInit, type WireResponseInit } from "./response/wire.ts";
export type { ResponseFields } from "./response/parts.ts";
export type {
  AnyResponse,
  ConnectionInfo,
  IterContentOptions,
  IterLinesOptions,
  Link,
  PeerCertificate,
  ResponseCookies,
  SavedFile,
  SaveOptions,
  SentHead,
  Timings,
  TlsInfo,
  WireBody,
  WireResponse,
} from "./core/response.ts";

export {
  CookieJar,
  type CookieFilter,
  type CookieJarInit,
  type CookieLike,
  type CookieWay,
} from "./cookies/jar.ts";
export { HstsStore, type HstsHost, type HstsJson } from "./hsts/store.ts";
export type { CookieJarOptions } from "./cookies/jar-options.ts";
export type { CookieJarJson, CookieJson } from "./cookies/cookie-json.ts";
export type { CookieAttributes, SameSiteInit } from "./cookies/cookie.ts";
export { parseSetCookie, type ParsedCookie } from "./cookies/parse.ts";
export type {
  CookieLook,
  CookieRefusal,
  CookieRefusalReason,
  CookieStore,
  CookieVerdict,
  CookieWithheldReason,
  SentCookie,
  StoredCookie,
  WithheldCookie,
} from "./core/cookie-store.ts";

export { AuthByOrigin } from "./auth/by-origin.ts";
export { HttpBasicAuth, HttpProxyAuth, type BasicOptions } from "./auth/basic.ts";
export { HttpBearerAuth, type BearerInit } from "./auth/bearer.ts";
export { HttpDigestAuth, HttpProxyDigestAuth } from "./auth/digest.ts";
export { HttpGuessAuth } from "./auth/guess.ts";
export type { Auth, AuthFunction, AuthOption, AuthPreview, ChallengeResponse } from "./core/auth-scheme.ts";

export { AppAdapter, type AppHandler } from "./transport/app-adapter.ts";
export { HttpAdapter, type HttpAdapterOptions } from "./transport/http-adapter.ts";
export type { PoolStats } from "./transport/pools.ts";
export type {
  Adapter,
  AddressPolicy,
  InterimResponse,
  ProxyAuth,
  ProxyMessage,
  ProxySettings,
  AttemptFailure,
  ClientCertificate,
  ProgressListener,
  RetryBudget,
  RetryDecision,
  RetryPolicy,
  SendOptions,
  TlsPin,
  TlsSettings,
  TlsStore,
  TlsVersion,
  Timeouts,
  Verify,
} from "./core/adapter.ts";
export { Retry, type FailedAttempt } from "./retries/retry.ts";
export type { RetryOptions, RetrySettings } from "./retries/options.ts";

assertNewEnough(process.versions.node);

// What a library's exported functions give by inference can be written into its declarations. What must stand there is behind
// an arrow.
import {
  AppAdapter,
  AuthByOrigin,
  CookieJar,
  dump,
  get,
  HeaderMap,
  HttpAdapter,
  HttpBearerAuth,
  HttpDigestAuth,
  HTTPError,
  HstsStore,
  parseSetCookie,
  post,
  PreparedRequest,
  Request,
  RequestException,
  Response,
  Retry,
  Session,
  toFetch,
  wireResponse,
  type Adapter,
  type HookFunctions,
  type HooksInit,
  type RequestOptions,
} from "sojourn";
import { detectCharset } from "sojourn/charset";
import { oauth2ClientCredentials, OAuth2Error, type OAuth2Tokens } from "sojourn/oauth2";
import { startTestServer } from "sojourn/testing";

const session = new Session();
const jar = new CookieJar();
declare const error: RequestException;
declare const prepared: PreparedRequest;

export function users() {
  return session.get("/users");
}
//=> export declare function users(): import("sojourn").ResponsePromise<Response>;
export const once = (url: string) => get(url);
//=> export declare const once: (url: string) => import("sojourn").ResponsePromise<Response>;
export function create(options: RequestOptions) {
  return session.post("/users", options);
}
//=> export declare function create(options: RequestOptions): import("sojourn").ResponsePromise<Response>;
export const log = () => session.get("/log", { stream: true });
//=> export declare const log: () => import("sojourn").ResponsePromise<import("sojourn").StreamedResponse>;
export async function user(id: string) {
  const response = await session.get(`/users/${id}`);
  return response.raiseForStatus().json<{ name: string }>();
}
//=> export declare function user(id: string): Promise<{
export const texts = () => post("https://a.test", { json: 1 }).text();
//=> export declare const texts: () => Promise<string>;
export const bytes = () => get("https://a.test").bytes();
//=> export declare const bytes: () => Promise<Uint8Array<ArrayBuffer>>;
export const streaming = new Session({ stream: true });
//=> export declare const streaming: Session<true>;
export const made = new Session({ retry: 3 });
//=> export declare const made: Session<false>;

export const prepare = () => session.prepareRequest(new Request("GET", "/"));
export const sendIt = () => session.send(prepared);
export const download = () => session.download("/file", "folder/");
export const adapters = () => session.adapters;
export const adapter = () => session.getAdapter("https://a.test");
export const stats = () => new HttpAdapter().stats;
export const app = () => new AppAdapter(() => new globalThis.Response("ok"));
export const own = (): Adapter => ({
  send: async (request) => wireResponse({ status: 200, body: request.method }),
  close: async () => {},
});
export const policy = () => new Retry({ total: 3 });
export const settings = () => policy().settings;
export const failures = () => policy().history;
export const decision = () =>
  policy().next("GET", { kind: "status", status: 503, retryAfter: null }, { now: 0, random: 0 });
export const attempts = () => error.attempts;
export const failed = () => error.request;
export const answer = () => error.response;
export const annotate = error.annotate.bind(error);
export const hooks = { response: [(response) => void response.status] } satisfies HooksInit;
export const onRequest: HookFunctions["request"] = (request) => request.clone();
export const cookies = () => jar.toJSON();
export const cookie = () => jar.getCookie("a");
export const verdict = () => jar.setCookie("a=1", "https://a.test");
export const all = () => [...jar];
export const parsed = () => parseSetCookie("a=1");
export const hsts = () => new HstsStore().toJSON();
export const headers = () => new HeaderMap({ a: "1" });
export const auths = () => [new HttpBearerAuth("t"), new HttpDigestAuth("u", "p"), new AuthByOrigin({})];
export const token = () =>
  oauth2ClientCredentials({ clientId: "a", clientSecret: "b", issuer: "https://a.test" });
export const tokens = (given: OAuth2Tokens) => given;
export const refused = (given: unknown) => given instanceof OAuth2Error && given.error;
export const fetching = () => toFetch(session);
export const dumped = (response: Response) => dump(response);
export const detect = () => detectCharset;
export const server = () => startTestServer();
export const fields = () => session.tls;
export const whole = () => ({ ...session });
export const links = (response: Response) => response.links;
export const facts = (response: Response) => ({
  of: response.connection,
  in: response.timings,
  and: response.cookies,
});
export const http = (given: unknown) => (given instanceof HTTPError ? given.response : null);
export const { timeout, proxies, verify, addressPolicy, hooks: ofSession } = session;

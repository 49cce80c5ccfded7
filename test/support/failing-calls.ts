/**
 * Calls that fail, each with another class of errors, with a secret in every place of the request and of the answer.
 */
import {
  AddressRefused,
  AppAdapter,
  ChunkedEncodingError,
  ConnectionError,
  ConnectTimeout,
  ContentDecodingError,
  HeadersTooLarge,
  HttpAdapter,
  HttpBasicAuth,
  HttpDigestAuth,
  HTTPError,
  InvalidBody,
  InvalidHeader,
  InvalidMethod,
  InvalidProxyURL,
  InvalidSchema,
  InvalidURL,
  JSONDecodeError,
  MissingSchema,
  ProxyError,
  ReadTimeout,
  ResponseTooLarge,
  Retry,
  RetryError,
  SchemaError,
  Session,
  SessionClosed,
  SSLError,
  StreamConsumedError,
  Timeout,
  TooManyCodings,
  TooManyRedirects,
  UnrewindableBodyError,
  type RequestException,
  type RequestOptions,
  type SessionOptions,
} from "../../src/index.ts";
import { pfxFile } from "./certificates.ts";
import { failureOf } from "./one-call.ts";
import type { Secret } from "./secrets.ts";

/** What a request with the secret in every place is sent with. */
export function everywhere({ text }: Secret): RequestOptions {
  return {
    headers: { "X-Token": text, "X-Api-Key": text },
    params: { token: text },
    cookies: { sid: encodeURIComponent(text) },
    auth: ["user", text],
  };
}

/** The failure of a call through a session of its own. */
export async function failed(
  options: SessionOptions<boolean>,
  call: (session: Session<boolean>) => PromiseLike<unknown>,
): Promise<unknown> {
  await using session = new Session({ trustEnv: false, ...options });
  return await failureOf(call(session));
}

/** A call that fails: a secret, the URL of a path with the secret as password, and the secret percent-encoded. */
export type Failing = (secret: Secret, url: (path: string) => string, quoted: string) => Promise<unknown>;

/** A schema that finds everything wrong, and repeats it. */
const picky = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value: unknown) => ({
      issues: [{ message: `wrong: ${JSON.stringify(value)}` }],
    }),
  },
} as const;

/** One call or more for each class of errors. */
export const failures: readonly (readonly [name: string, Kind: typeof RequestException, failing: Failing])[] =
  [
    [
      "HTTPError",
      HTTPError,
      (secret, url) =>
        failed({}, async (session) =>
          (await session.get(url("/error"), everywhere(secret))).raiseForStatus(),
        ),
    ],
    [
      "RetryError",
      RetryError,
      (secret, url) => {
        const retry = new Retry({ total: 2, statusForcelist: [503] });
        return failed({ retry }, (session) => session.get(url("/error"), everywhere(secret)));
      },
    ],
    [
      "TooManyRedirects",
      TooManyRedirects,
      (secret, url) =>
        failed({ maxRedirects: 2 }, (session) => session.get(url("/loop"), everywhere(secret))),
    ],
    [
      "JSONDecodeError",
      JSONDecodeError,
      (secret, url) => failed({}, (session) => session.get(url("/text"), everywhere(secret)).json()),
    ],
    [
      "SchemaError",
      SchemaError,
      (secret, url) => failed({}, (session) => session.get(url("/next"), everywhere(secret)).json(picky)),
    ],
    [
      "ChunkedEncodingError",
      ChunkedEncodingError,
      (secret, url) => failed({}, (session) => session.get(url("/short"), everywhere(secret))),
    ],
    [
      "ContentDecodingError",
      ContentDecodingError,
      (secret, url) => failed({}, (session) => session.get(url("/gzip"), everywhere(secret))),
    ],
    [
      "TooManyCodings",
      TooManyCodings,
      (secret, url) => failed({ maxCodings: 0 }, (session) => session.get(url("/gzip"), everywhere(secret))),
    ],
    [
      "ResponseTooLarge",
      ResponseTooLarge,
      (secret, url) =>
        failed({ maxBodyBytes: 3 }, (session) => session.get(url("/next"), everywhere(secret))),
    ],
    [
      "StreamConsumedError",
      StreamConsumedError,
      (secret, url) =>
        failed({ stream: true }, async (session) => {
          const response = await session.get(url("/next"), { ...everywhere(secret), stream: true });
          await response.close();
          await response.text();
        }),
    ],
    [
      "UnrewindableBodyError",
      UnrewindableBodyError,
      ({ text }, url) => {
        async function* data(): AsyncGenerator<string> {
          yield text;
        }
        const auth = new HttpDigestAuth("user", text);
        return failed({}, (session) => session.post(url("/challenge"), { data: data(), auth }));
      },
    ],
    [
      "ReadTimeout",
      ReadTimeout,
      (secret, url) =>
        failed({ timeout: { read: 1 } }, (session) => session.get(url("/silence"), everywhere(secret))),
    ],
    [
      "Timeout",
      Timeout,
      (secret, url) =>
        failed({ timeout: { total: 1 } }, (session) => session.get(url("/silence"), everywhere(secret))),
    ],
    [
      "ConnectionError",
      ConnectionError,
      (secret, _url, quoted) =>
        failed({ retry: 1 }, (session) =>
          session.get(`http://u:${quoted}@127.0.0.1:1/?token=${quoted}`, everywhere(secret)),
        ),
    ],
    [
      "ConnectionError of an app",
      ConnectionError,
      async (secret, _url, quoted) => {
        await using session = new Session({ trustEnv: false });
        const app = (): never => {
          throw new HttpBasicAuth("u", secret.text) as unknown as Error; // an app may throw anything
        };
        session.mount("http://app.test", new AppAdapter(app));
        return await failureOf(session.get(`http://u:${quoted}@app.test/`, everywhere(secret)));
      },
    ],
    [
      "ProxyError",
      ProxyError,
      (secret, _url, quoted) =>
        failed({ proxy: `http://u:${quoted}@127.0.0.1:1` }, (session) =>
          session.get("https://a.test/", everywhere(secret)),
        ),
    ],
    [
      "ProxyError of CONNECT",
      ProxyError,
      (secret, url, quoted) =>
        failed({ proxy: url("/").replace("://", `://u:${quoted}@`) }, (session) =>
          session.get("https://a.test/", everywhere(secret)),
        ),
    ],
    [
      "SSLError",
      SSLError,
      (secret, url) =>
        failed({ cert: { pfx: pfxFile.bytes, passphrase: secret.text } }, (session) =>
          session.get(url("/").replace("http:", "https:"), everywhere(secret)),
        ),
    ],
    [
      "SessionClosed",
      SessionClosed,
      async (secret, _url, quoted) => {
        const session = new Session({ trustEnv: false });
        await session.close();
        return await failureOf(session.get(`http://u:${quoted}@a.test/?token=${quoted}`, everywhere(secret)));
      },
    ],
    [
      "InvalidSchema",
      InvalidSchema,
      (secret, _url, quoted) =>
        failed({}, (session) => session.get(`ftp://u:${quoted}@a.test/?token=${quoted}`, everywhere(secret))),
    ],
    [
      "MissingSchema",
      MissingSchema,
      (secret, _url, quoted) =>
        failed({}, (session) => session.get(`a.test/?token=${quoted}`, everywhere(secret))),
    ],
    [
      "InvalidURL",
      InvalidURL,
      (secret, _url, quoted) =>
        failed({}, (session) =>
          session.get(`http://u:${quoted}@a b.test/?token=${quoted}`, everywhere(secret)),
        ),
    ],
    [
      "InvalidURL without slashes",
      InvalidURL,
      (secret, _url, quoted) =>
        failed({}, (session) => session.get(`u:${quoted}@a.test/?token=${quoted}`, everywhere(secret))),
    ],
    [
      "InvalidHeader",
      InvalidHeader,
      ({ text }) =>
        failed({}, (session) => session.get("http://a.test/", { headers: { "X-Api-Key": `${text}\n` } })),
    ],
    [
      "InvalidProxyURL",
      InvalidProxyURL,
      (secret, _url, quoted) =>
        failed({ proxy: `http://u:${quoted}@p p.test` }, (session) =>
          session.get("http://a.test/", everywhere(secret)),
        ),
    ],
    [
      "InvalidMethod",
      InvalidMethod,
      (secret, url) => failed({}, (session) => session.request("A B", url("/"), everywhere(secret))),
    ],
    [
      "InvalidBody",
      InvalidBody,
      (secret, url) =>
        failed({}, (session) => {
          const data = new ReadableStream();
          data.getReader();
          return session.post(url("/"), { ...everywhere(secret), data });
        }),
    ],
    [
      "AddressRefused",
      AddressRefused,
      (secret, url) =>
        failed({ addressPolicy: "public" }, (session) => session.get(url("/"), everywhere(secret))),
    ],
    [
      "ConnectTimeout",
      ConnectTimeout,
      async (secret, _url, quoted) => {
        await using session = new Session({ trustEnv: false, timeout: { connect: 1 } });
        session.mount("http://slow.test", new HttpAdapter({ lookup: () => undefined }));
        return await failureOf(
          session.get(`http://u:${quoted}@slow.test/?token=${quoted}`, everywhere(secret)),
        );
      },
    ],
    [
      "HeadersTooLarge",
      HeadersTooLarge,
      async (secret, url) => {
        await using session = new Session({ trustEnv: false });
        session.mount("http://", new HttpAdapter({ maxHeaderCount: 1 }));
        return await failureOf(session.get(url("/next"), everywhere(secret)));
      },
    ],
  ];

/** Options of other libraries are answered with what to write here. */
import { describe, expect, it } from "vitest";

import { plainName, suggestion } from "../../src/core/suggest.ts";
import type { RequestOptions } from "../../src/core/options.ts";
import { namesAt } from "../../src/options/take.ts";
import { takeOfRequest, takeOfScope, takeOfSession } from "../support/options.ts";
import {
  certElsewhere,
  hooksElsewhere,
  optionsElsewhere,
  timeoutElsewhere,
  tlsElsewhere,
} from "../../src/options/elsewhere.ts";
import { Retry } from "../../src/retries/retry.ts";
import { HttpAdapter } from "../../src/transport/http-adapter.ts";

function messageOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const ofRequest = (name: string): string | null => messageOf(() => takeOfRequest({ [name]: undefined }));
const ofSession = (name: string): string | null => messageOf(() => takeOfSession({ [name]: undefined }));

/** Every option that these have, as their documentation lists them. */
const libraries: Readonly<Record<string, string>> = {
  axios: `url method baseURL allowAbsoluteUrls transformRequest transformResponse headers params paramsSerializer data timeout
    timeoutErrorMessage withCredentials adapter auth responseType responseEncoding xsrfCookieName xsrfHeaderName withXSRFToken
    onUploadProgress onDownloadProgress maxContentLength maxBodyLength validateStatus maxRedirects beforeRedirect socketPath
    transport httpAgent httpsAgent proxy signal cancelToken decompress insecureHTTPParser env formSerializer maxRate
    fetchOptions httpVersion http2Options parseReviver sensitiveHeaders lookup family`,
  got: `url searchParams body form json username password cookieJar ignoreInvalidCookies followRedirect maxRedirects decompress
    dnsLookup dnsCache context hooks pagination responseType encoding resolveBodyOnly prefixUrl isStream throwHttpErrors timeout
    retry https http2 agent parseJson stringifyJson request cache cacheOptions allowGetBody methodRewriting localAddress
    createConnection setHost maxHeaderSize h2session enableUnixSockets dnsLookupIpVersion signal headers method`,
  ky: `method json searchParams prefixUrl prefix baseUrl retry timeout hooks throwHttpErrors onDownloadProgress
    onUploadProgress parseJson stringifyJson fetch context totalTimeout credentials`,
  fetch: `method headers body mode credentials cache redirect referrer referrerPolicy integrity keepalive signal priority window
    duplex dispatcher`,
  "undici.request": `method path origin body headers query idempotent signal reset dispatcher headersTimeout bodyTimeout
    throwOnError onInfo maxRedirections pipelining connections keepAliveTimeout maxResponseSize connectTimeout allowH2 connect`,
  "node-fetch": `method headers body redirect signal follow compress size agent insecureHTTPParser`,
  superagent: `query send type accept retry redirects timeout auth ca cert key pfx disableTLSCerts withCredentials parse
    maxResponseSize responseType trustLocalhost buffer ok`,
  ofetch: `baseURL query onRequest onResponse onRequestError onResponseError ignoreResponseError parseResponse retry
    retryStatusCodes retryDelay responseType timeout`,
  request: `uri url method headers qs form formData json body auth followRedirect followAllRedirects maxRedirects encoding gzip
    jar timeout proxy strictSSL agentOptions forever pool tunnel localAddress`,
  "node:http": `host hostname port path protocol agent auth ca cert key pfx passphrase rejectUnauthorized servername minVersion
    maxVersion ciphers secureProtocol checkServerIdentity socketPath localAddress lookup family insecureHTTPParser maxHeaderSize
    setHost timeout createConnection crl`,
  requests: `params data json headers cookies files auth timeout allow_redirects proxies hooks stream verify cert max_redirects
    trust_env adapters`,
  urllib3: `body fields headers retries redirect timeout pool_timeout preload_content decode_content ca_certs cert_reqs
    assert_hostname assert_fingerprint maxsize proxy_url`,
  httpx: `content data files json params headers cookies auth timeout follow_redirects max_redirects event_hooks base_url
    transport mounts limits proxy verify cert trust_env default_encoding http1 http2 app`,
};

const known = {
  request: namesAt("request"),
  session: namesAt("session"),
};
const ours = new Set<string>([...known.request, ...known.session]);

describe.each(Object.entries(libraries))("options of %s", (_library, names) => {
  it.for(names.trim().split(/\s+/))("%s is an option here, or it is said what to write", (name) => {
    const messages = [ofRequest(name), ofSession(name)].filter((message) => message !== null);
    expect(messages.length < 2).toBe(ours.has(name));
    for (const message of messages) {
      expect(message).toMatch(/^(?:unknown option )?"[^"]+"/);
      expect(message).not.toContain("known are");
    }
  });
});

describe("what others call it", () => {
  it("has plain names that are not names of ours, and leads to what there is", () => {
    for (const [name, advice] of optionsElsewhere) {
      expect(name).toBe(plainName(name));
      expect([name, ours.has(name)]).toEqual([name, false]);
      if (!advice.includes(" ")) expect([name, advice, ours.has(advice)]).toEqual([name, advice, true]);
    }
    for (const table of [timeoutElsewhere, hooksElsewhere, certElsewhere, tlsElsewhere])
      for (const name of table.keys()) expect(name).toBe(plainName(name));
  });

  it.for([
    // name, what is to be in the answer
    ["body", /data.*json/],
    ["searchParams", /params\?/],
    ["query", /params\?/],
    ["qs", /params\?/],
    ["form", /write data/],
    ["agent", /proxy or proxies.*verify and cert.*HttpAdapter/],
    ["httpAgent", /proxy.*HttpAdapter/],
    ["httpsAgent", /verify and cert/],
    ["https", /verify, cert or tls/],
    ["dispatcher", /proxy.*HttpAdapter/],
    ["rejectUnauthorized", /verify\?/],
    ["strictSSL", /verify\?/],
    ["ca", /verify/],
    ["key", /cert: \[certificate, key\]/],
    ["username", /auth: \[user, password\]/],
    ["credentials", /auth.*cookies: false/],
    ["validateStatus", /raiseForStatus/],
    ["throwHttpErrors", /raiseForStatus/],
    ["responseType", /bytes\(\).*stream: true/],
    ["decompress", /rawBody/],
    ["onUploadProgress", /onProgress\?/],
    ["maxContentLength", /maxBodyBytes\?/],
    ["headersTimeout", /timeout: \{ read \}/],
    ["connectTimeout", /timeout: \{ connect \}/],
    ["deadline", /timeout: \{ total \}/],
    ["cookieJar", /cookies\?/],
    ["follow_redirects", /allowRedirects\?/],
    ["allow_redirects", /allowRedirects\?/],
    ["redirect", /allowRedirects\?/],
    ["retries", /retry\?/],
    ["event_hooks", /hooks\?/],
    ["beforeRequest", /hooks: \{ request \}/],
    ["transport", /mount/],
    ["adapter", /mount/],
    ["socketPath", /HttpAdapter.*socketPath/],
    ["allowH2", /http2\?/],
    ["baseURL", /baseUrl of the session.*new Session\(\{ baseUrl/],
    ["base_url", /baseUrl of the session/],
    ["prefixUrl", /baseUrl of the session/],
    ["max_redirects", /maxRedirects of the session/],
    ["trust_env", /trustEnv of the session/],
    ["maxRedirects", /is an option of the session.*new Session\(\{ maxRedirects/],
    ["method", /post\(url, options\)/],
    ["url", /get\(url, options\)/],
    // slips of the finger
    ["header", /headers\?/],
    ["Headers", /headers\?/],
    ["param", /params\?/],
    ["timout", /timeout\?/],
    ["jsno", /json\?/],
    ["signl", /signal\?/],
    ["max_body_bytes", /maxBodyBytes\?/],
    ["idempotency-key", /idempotencyKey\?/],
    ["OnProgress", /onProgress\?/],
  ] as const)("%s, given to a request", ([name, answer]) => {
    expect(ofRequest(name)?.replace(JSON.stringify(name), "")).toMatch(answer);
  });

  it.for([
    ["baseURL", /perhaps you meant baseUrl\?/],
    ["json", /is an option of the request, not of the session: write session.get\(url, \{ json/],
    ["jsno", /json of the request\?/],
    ["body", /data.*json/],
    ["agent", /proxy or proxies/],
  ] as const)("%s, given to a session", ([name, answer]) => {
    expect(ofSession(name)?.replace(JSON.stringify(name), "")).toMatch(answer);
  });

  it.for([
    ["baseUrl", /is an option of the session, not of the scope/],
    ["header", /headers\?/],
  ] as const)("%s, given to a scope", ([name, answer]) => {
    expect(messageOf(() => takeOfScope({ [name]: 1 }))).toMatch(answer);
  });

  it.for([
    ["proxyTls", /verify or tls/],
    ["requestTls", /verify, cert or tls/],
    ["hints", /HttpAdapter.*lookup/],
    ["dhparam", /leave it out/],
    ["text", /write data: text/],
    ["http3", /no HTTP\/3 yet/],
    ["strictContentLength", /leave it out/],
    ["uniqueHeaders", /leave it out/],
    ["copyPipedHeaders", /leave it out/],
    ["transitional", /leave it out/],
    ["redact", /leave it out/],
    ["highWaterMark", /leave it out/],
    ["simple", /raiseForStatus/],
    ["transform", /hooks: \{ response \}/],
    ["resolveWithFullResponse", /leave it out/],
    ["useQuerystring", /write params/],
    ["chunked", /leave it out/],
    ["caFile", /write verify/],
    ["logger", /write hooks/],
    ["searchParam", /perhaps you meant params\?/],
  ] as const)("%s, of another library, is answered by what it is", ([name, answer]) => {
    expect(ofRequest(name)).toMatch(answer);
    expect(ofSession(name)).toMatch(answer);
  });

  it("offers no name for being as short: half of its letters are no slip", () => {
    expect(suggestion("text", ["cert"], new Map())).toBeNull();
    expect(suggestion("hints", ["hsts"], new Map())).toBeNull();
    expect(suggestion("dhparam", ["params"], new Map())).toBeNull();
    expect(suggestion("proxytls", ["proxies"], new Map())).toBeNull();
    expect(suggestion("jsno", ["json"], new Map())).toBe("perhaps you meant json?");
    expect(suggestion("headres", ["headers"], new Map())).toBe("perhaps you meant headers?");
    expect(suggestion("crt", ["cert"], new Map())).toBe("perhaps you meant cert?");
  });

  it("lists what there is where nothing is like it", () => {
    expect(ofRequest("xyzzy")).toContain("known are headers, params");
    expect(suggestion("xyzzy", ["headers"], new Map())).toBeNull();
  });

  it("takes unknown names alone for a body", () => {
    const user = { firstName: "Ada", surname: "Lovelace" } as RequestOptions;
    expect(messageOf(() => takeOfRequest(user))).toContain("if this is a body, write { json: … }");
    expect(messageOf(() => takeOfRequest({ ...user, stream: true }))).not.toContain("if this is a body");
  });
});

describe("parts of options", () => {
  it.for<[RequestOptions, RegExp]>([
    [{ timeout: { request: 5000 } as never }, /timeout has no option "request"; write total/],
    [{ timeout: { response: 5000 } as never }, /write read/],
    [{ timeout: { conect: 5000 } as never }, /perhaps you meant connect\?/],
    [{ hooks: { beforeRequest: [] } as never }, /write request/],
    [{ hooks: { afterResponse: [] } as never }, /write response/],
    [{ hooks: { respnse: [] } as never }, /perhaps you meant response\?/],
    [{ tls: { rejectUnauthorized: false } as never }, /write verify: false, beside tls/],
    [{ tls: { minversion: "TLSv1.2" } as never }, /perhaps you meant minVersion\?/],
    [{ cert: { certificate: "x", key: "y" } as never }, /write cert/],
  ])("%o", ([options, answer]) => {
    expect(messageOf(() => takeOfRequest(options))).toMatch(answer);
  });

  it.for([
    ["limit", /perhaps you meant total\?/],
    ["retries", /perhaps you meant total\?/],
    ["statusCodes", /perhaps you meant statusForcelist\?/],
    ["status_forcelist", /perhaps you meant statusForcelist\?/],
    ["methods", /perhaps you meant allowedMethods\?/],
    ["backoff_factor", /perhaps you meant backoffFactor\?/],
    ["maxRetryAfter", /perhaps you meant retryAfterMax\?/],
    ["retryCondition", /next\(\)/],
    ["redirect", /redirects are counted by maxRedirects/],
  ] as const)("%s of a Retry", ([name, answer]) => {
    expect(messageOf(() => new Retry({ [name]: 1 }))).toMatch(answer);
  });

  it.for([
    ["keepAlive", /connections are kept/],
    ["maxSockets", /poolMaxsize, with poolBlock: true/],
    ["maxFreeSockets", /perhaps you meant poolMaxsize\?/],
    ["rejectUnauthorized", /write verify there/],
    ["timeout", /write timeout there/],
    ["pool_maxsize", /perhaps you meant poolMaxsize\?/],
    ["source_address", /perhaps you meant localAddress\?/],
  ] as const)("%s of an HttpAdapter", ([name, answer]) => {
    expect(messageOf(() => new HttpAdapter({ [name]: 1 }))).toMatch(answer);
  });
});

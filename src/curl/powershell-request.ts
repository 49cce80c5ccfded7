/** `Invoke-WebRequest` becomes a request. Its parameters: about_Invoke-WebRequest in PowerShell's documentation. */
import type { RequestOptions } from "../core/options.ts";
import { parseUrl } from "../core/url.ts";
import type { Given } from "./arguments.ts";
import { Draft, type World } from "./draft.ts";
import { FieldRecord, fieldOf } from "./fields.ts";
import type { Invocation, Parameter } from "./powershell.ts";
import type { CurlRequest } from "./request.ts";
import { bytesOf } from "./source.ts";
import { targetsOf } from "./target.ts";

/** All parameters; a name may be cut off. */
const NAMES =
  `AllowInsecureRedirect AllowUnencryptedAuthentication Authentication Body Certificate CertificateThumbprint
  ConnectionTimeoutSeconds ContentType Credential CustomMethod DisableKeepAlive Form Headers HttpVersion InFile
  MaximumRedirection MaximumRetryCount Method NoProxy OperationTimeoutSeconds OutFile PassThru
  PreserveAuthorizationOnRedirect PreserveHttpMethodOnRedirect Proxy ProxyCredential ProxyUseDefaultCredentials Resume
  RetryIntervalSec SessionVariable SkipCertificateCheck SkipHeaderValidation SkipHttpErrorCheck SslProtocol TimeoutSec
  Token TransferEncoding UnixSocket Uri UseBasicParsing UseDefaultCredentials UserAgent WebSession`.split(
    /\s+/,
  );

/** What an invocation says so far. */
interface Sketch {
  readonly fields: FieldRecord;
  readonly options: RequestOptions;
  uri: Parameter | null;
  method: string;
  body: Parameter | null;
}

type Taker = (sketch: Sketch, text: string, parameter: Parameter, world: World) => void;

const redirections: Taker = (sketch, text, parameter, world) => {
  if (text === "0") sketch.options.allowRedirects = false;
  else world.ignore(given(parameter), "a session has maxRedirects: new Session({ maxRedirects })");
};

const seconds: Taker = (sketch, text, parameter, world) => {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= 2_147_483))
    world.fail(parameter, `-${parameter.name} must be a number of seconds, up to 2147483`);
  if (number > 0) sketch.options.timeout = { total: number * 1000 };
};

const method: Taker = (sketch, text) => {
  sketch.method = text.toUpperCase();
};

const takers: Readonly<Record<string, Taker>> = {
  Uri: (sketch, _, parameter) => {
    sketch.uri = parameter;
  },
  Method: method,
  CustomMethod: method,
  Headers: (sketch, _, parameter, world) => {
    if (!Array.isArray(parameter.value)) world.fail(parameter, "-Headers must be @{ names and values }");
    for (const [name, value] of parameter.value as readonly (readonly [string, string])[])
      setField(sketch.fields, `${name}: ${value}`, parameter, world);
  },
  ContentType: (sketch, text, parameter, world) =>
    setField(sketch.fields, `Content-Type: ${text}`, parameter, world),
  UserAgent: (sketch, text, parameter, world) =>
    setField(sketch.fields, `User-Agent: ${text}`, parameter, world),
  Body: (sketch, _, parameter) => {
    sketch.body = parameter;
  },
  Proxy: (sketch, text) => {
    sketch.options.proxy = text;
  },
  NoProxy: (sketch) => {
    sketch.options.proxy = false;
  },
  SkipCertificateCheck: (sketch) => {
    sketch.options.verify = false;
  },
  MaximumRedirection: redirections,
  TimeoutSec: seconds,
  OperationTimeoutSeconds: seconds,
  // It is about what PowerShell does with the response.
  UseBasicParsing: () => undefined,
};

function given({ name, at }: Parameter): Given {
  return { option: { name, takes: "value", reason: null }, shown: `-${name}`, value: "", isOn: true, at };
}

/** The last one holds, as in a dictionary. */
function setField(fields: FieldRecord, line: string, parameter: Parameter, world: World): void {
  const field = fieldOf(bytesOf(line), given(parameter), world);
  if (field === null) return;
  fields.drop(field.name);
  fields.add(field.name, field.value ?? "");
}

/** The request of an invocation. @throws {SyntaxError} that names a place. */
export function requestOfInvocation(invocation: Invocation, world: World): CurlRequest {
  const sketch: Sketch = { fields: new FieldRecord(), options: {}, uri: null, method: "GET", body: null };
  for (const parameter of invocation.parameters)
    take(sketch, { ...parameter, name: fullName(parameter, world) }, world);
  const { fields, options, uri } = sketch;
  if (uri === null || typeof uri.value !== "string")
    world.fail(invocation, "there is no -Uri in this command");
  const draft = new Draft();
  draft.isGlobOff = true;
  const [target] = targetsOf({ bytes: bytesOf(uri.value), at: uri.at }, draft, world);
  if (target === undefined) world.fail(uri, "there is no URL in this command");
  if (invocation.userAgent !== null && !fields.has("user-agent"))
    setField(fields, `User-Agent: ${invocation.userAgent}`, { ...uri, name: "WebSession" }, world);
  const cookie = cookieOf(invocation, parseUrl(target.url).host, world);
  if (cookie !== "" && !fields.has("cookie"))
    setField(fields, `Cookie: ${cookie}`, { ...uri, name: "WebSession" }, world);
  const body = bodyOf(sketch, world);
  const { credentials } = target;
  return {
    method: sketch.method,
    url: target.url,
    options: {
      headers: fields.toRecord(),
      ...body,
      auth: credentials === null ? false : [credentials.username, credentials.password],
      ...options,
      ...(target.isRaw ? { rawUrl: true } : null),
    },
  };
}

function take(sketch: Sketch, parameter: Parameter, world: World): void {
  const taker = Object.hasOwn(takers, parameter.name) ? takers[parameter.name] : undefined;
  if (taker === undefined) world.ignore(given(parameter), "there is no such thing here");
  else taker(sketch, typeof parameter.value === "string" ? parameter.value : "", parameter, world);
}

function fullName({ name, at }: Parameter, world: World): string {
  const lower = name.toLowerCase();
  const found = NAMES.filter((one) => one.toLowerCase().startsWith(lower));
  const exact = found.find((one) => one.toLowerCase() === lower);
  if (exact === undefined && found.length > 1)
    world.fail(
      { at },
      `-${name} is short for several parameters: ${found.map((one) => `-${one}`).join(", ")}`,
    );
  return exact ?? found[0] ?? name;
}

/** The cookies of the session that go to the host. */
function cookieOf({ cookies }: Invocation, host: string, world: World): string {
  const fitting = cookies.filter(({ domain }) => {
    const bare = domain.replace(/^\./, "").toLowerCase();
    return host === bare || (domain.startsWith(".") && host.endsWith(`.${bare}`));
  });
  if (fitting.length < cookies.length)
    world.note("Cookies.Add", "a cookie is for another host than that of the URL");
  return fitting.map(({ name, value }) => `${name}=${value}`).join("; ");
}

function bodyOf({ body, fields }: Sketch, world: World): RequestOptions {
  if (body === null) return {};
  const { value } = body;
  if (Array.isArray(value)) return { data: value as readonly (readonly [string, string])[] };
  const text = typeof value === "string" ? value : "";
  // oxlint-disable-next-line no-control-regex -- all that ASCII has
  if (!body.isUtf8 && /[^\0-\x7f]/.test(text))
    world.ignore(given(body), "text is sent as UTF-8, as PowerShell does from 7.4 on");
  if (text !== "" && !fields.has("content-type"))
    fields.add("Content-Type", "application/x-www-form-urlencoded");
  return { data: text };
}

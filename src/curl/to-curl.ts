/** toCurl(): a prepared request becomes a command line. */
import { asBuffer } from "../core/bytes.ts";
import { mustBe, oneOf, optionsOf } from "../core/checks.ts";
import { InvalidBody, InvalidMethod, InvalidSchema } from "../core/errors.ts";
import { isToken } from "../core/method.ts";
import { defaultPort } from "../core/origin.ts";
import { secretsOfUrls, shownMethod, type SecretPart } from "../core/redact.ts";
import { assertWhole, PreparedRequest } from "../core/request.ts";
import { mergedParts, secretsOfBody, secretsOfField } from "../core/secret-parts.ts";
import { isHttpLike, type Url } from "../core/url.ts";
import { piecesOf, printfOf, quotedWord, shownText, Variables, wordOf, type Piece } from "./posix.ts";

/** How {@link toCurl} writes a request. */
export interface ToCurlOptions {
  /** The shell that the command is for: any shell of POSIX. Default: `"bash"`. */
  readonly shell?: "bash" | undefined;
  /**
   * `"hide"`: a variable of the shell, such as `"$TOKEN"`, stands for credentials, cookies, and the values of fields,
   * parameters and members of JSON whose names look secret. `"show"`: everything as it is. Default: `"hide"`.
   */
  readonly secrets?: "hide" | "show" | undefined;
}

/**
 * A command with which curl sends what a session sends of this request, byte for byte, over HTTP/1.1: its own fields are taken
 * away, and files of defaults are not read (`-q`). A body that is no plain text, or a long one, goes through a pipe (`printf …
 * |`). Where the secrets are hidden, the command says which variables it needs: `"$TOKEN"`.
 *
 * curl cannot do all of it: `Host` comes first, under this spelling; a field without a value has no blank behind its colon;
 * with secrets hidden in the body, curl counts `Content-Length` and puts it behind the other fields. A `HEAD` request with a
 * body is sent, but curl waits for one in return. `Proxy-Authorization` is for a proxy alone, as in a session.
 *
 * What belongs to the travel of a request is not in it: timeouts, proxies, TLS and redirects are not in the command.
 *
 * @throws {TypeError} when `request` is none, or has a stream as its body: a command needs its bytes; and for an unknown option.
 * @throws {InvalidSchema | InvalidURL | InvalidMethod | InvalidBody} for what a session would not send.
 *
 * @example
 * const request = session.prepareRequest(new Request("POST", "https://example.com/items", { json: { name: "a" } }));
 * console.log(toCurl(request));
 */
export function toCurl(request: PreparedRequest, options: ToCurlOptions = {}): string {
  if (!(request instanceof PreparedRequest))
    throw mustBe("what toCurl() writes", "a PreparedRequest", request);
  const { shell = "bash", secrets = "hide" } = optionsOf(options, "toCurl()", ["shell", "secrets"]);
  oneOf(shell, "shell", ["bash"]);
  const isOpen = oneOf(secrets, "secrets", ["hide", "show"]) === "show";
  assertWhole(request);
  return new Writer(request, isOpen ? null : noneMore).command();
}

/** Where in a text something is that is secret: a character for each byte. */
type SecretsIn = (text: string) => readonly SecretPart[];

const noneMore: SecretsIn = () => [];

/**
 * @internal The command of {@link toCurl}, with variables also for secrets that are known by their value.
 *
 * @throws as `toCurl()`.
 */
export function commandOf(request: PreparedRequest, moreSecrets: SecretsIn): string {
  return new Writer(request, moreSecrets).command();
}

/** From more bytes on an argument may be too long for the system (128 KiB on Linux). */
const MOST_ARGUMENT_BYTES = 100_000;
/** From so many bytes on some versions of curl ask before they send a body. */
const ASKED_FROM_BYTES = 1024;

class Writer {
  readonly #request: PreparedRequest;
  readonly #url: Url;
  /** Besides those that their names tell of; `null`: all is shown. */
  readonly #moreSecrets: SecretsIn | null;
  readonly #variables = new Variables();
  /** A character for each byte; `null` for no body. */
  readonly #body: string | null;
  readonly #bodyPieces: readonly Piece[];

  constructor(request: PreparedRequest, moreSecrets: SecretsIn | null) {
    this.#request = request;
    this.#moreSecrets = moreSecrets;
    this.#url = checkedUrl(request);
    assertMethod(request.method);
    this.#body = bodyOf(request);
    const type = request.headers.get("content-type") ?? "";
    this.#bodyPieces = this.#pieces(this.#body ?? "", (text) => secretsOfBody(text, type));
  }

  command(): string {
    const start = `curl -q --globoff --path-as-is${this.#url.scheme === "https" ? " --http1.1" : ""}`;
    const body = this.#bodyWords();
    const lines = [`${start}${this.#method()} ${this.#target()}`, ...this.#fields(), ...body.words];
    return `${body.pipe}${lines.join(" \\\n  ")}`;
  }

  /** The method, where it is not what curl would say by itself. */
  #method(): string {
    const { method } = this.#request;
    if (method === "GET" && this.#body === null) return "";
    if (method === "HEAD" && this.#body === null) return " --head";
    return ` -X ${wordOf(this.#pieces(method, noneMore))}`;
  }

  #target(): string {
    const { absolute } = this.#url;
    // An empty query may be lost where curl takes a URL apart.
    const target = this.#url.query === "" ? ` --request-target ${wordOf([this.#url.target])}` : "";
    return `${quotedWord(this.#pieces(absolute, secretsOfUrls))}${target}`;
  }

  #pieces(bytes: string, secretsOf: SecretsIn): Piece[] {
    const more = this.#moreSecrets;
    const secrets = more === null ? [] : mergedParts(secretsOf(bytes), more(bytes));
    return piecesOf(bytes, secrets, this.#variables);
  }

  /** An argument for each field, in the order in which they are sent, and for each of curl's own that is not. */
  #fields(): string[] {
    const { headers } = this.#request;
    const sent = this.#sent();
    const hasBytes = (this.#body ?? "") !== "";
    const isCounted = hasBytes && (sent.at(-1)?.[0] === "Content-Length" || this.#hidesBody());
    const lines = sent
      .filter(([name]) => !(isCounted && name === "Content-Length"))
      .map(([name, value]) => this.#line(name, value));
    const own = ["Accept", "User-Agent", ...(hasBytes ? ["Content-Type"] : [])];
    if ((this.#body ?? "").length >= ASKED_FROM_BYTES) own.push("Expect");
    const removed = own.filter((name) => !headers.has(name)).map((name) => `-H '${name}:'`);
    // So that curl shows what a server compressed.
    const codings = headers.get("accept-encoding") ?? "";
    const decoded = /\b(?:gzip|deflate|br|zstd)\b/.test(codings) ? ["--compressed"] : [];
    return [...lines, ...removed, ...decoded];
  }

  #line(name: string, value: string): string {
    if (value === "") return `-H ${wordOf([`${name};`])}`;
    const option = name.toLowerCase() === "proxy-authorization" ? "--proxy-header" : "-H";
    const pieces = this.#pieces(value, (text) => secretsOfField(name, text));
    const [first] = pieces;
    const line =
      typeof first === "string" ? [`${name}: ${first}`, ...pieces.slice(1)] : [`${name}: `, ...pieces];
    return `${option} ${quotedWord(line)}`;
  }

  /** Fields as a session sends them: one says where the body ends, and `Host` is the URL's unless another one was given. */
  #sent(): [name: string, value: string][] {
    const length = this.#framing();
    const sent: [string, string][] = [];
    let isFramed = length === null;
    for (const [name, value] of this.#request.headers) {
      if (!/^(?:content-length|transfer-encoding)$/i.test(name)) sent.push([name, value]);
      else if (!isFramed) {
        sent.push(["Content-Length", String(length)]);
        isFramed = true;
      }
    }
    if (!isFramed) sent.push(["Content-Length", String(length)]);
    // What curl would write otherwise: a port that need not be said, the zone of an address.
    const { authority, scheme, port, host } = this.#url;
    if (!this.#request.headers.has("host") && (port === defaultPort(scheme) || host.includes("%")))
      sent.unshift(["Host", authority]);
    return sent;
  }

  /** The length that is sent; `null` for none. @throws {InvalidBody} for one that is not that of the body. */
  #framing(): number | null {
    const said = this.#request.headers.get("content-length");
    const length = this.#body?.length ?? null;
    if (said === null) return length;
    if (/^\d{1,15}$/.test(said) && Number(said) === (length ?? 0)) return Number(said);
    const fact = length === null ? "there is no body" : `the body has ${length}`;
    throw new InvalidBody(`Content-Length says ${said} bytes, but ${fact}`, { request: this.#request });
  }

  #hidesBody(): boolean {
    return this.#bodyPieces.some((piece) => typeof piece !== "string");
  }

  #bodyWords(): { readonly pipe: string; readonly words: readonly string[] } {
    const body = this.#body;
    if (body === null || body === "") return { pipe: "", words: [] };
    const isText = body.length <= MOST_ARGUMENT_BYTES && shownText(body) !== null;
    if (isText) return { pipe: "", words: [`--data-raw ${quotedWord(this.#bodyPieces)}`] };
    return { pipe: `${printfOf(this.#bodyPieces)} | `, words: ["--data-binary @-"] };
  }
}

function checkedUrl(request: PreparedRequest): Url {
  const scheme = isHttpLike(request.url) ? request.parsed.scheme : "";
  if (scheme !== "http" && scheme !== "https")
    throw new InvalidSchema("toCurl() writes requests to http: and https: URLs", { request });
  return request.parsed;
}

function assertMethod(method: string): void {
  if (!isToken(method) || method === "CONNECT")
    throw new InvalidMethod(`method ${JSON.stringify(shownMethod(method))} cannot be sent`);
}

/** @throws {TypeError} for a stream. */
function bodyOf({ payload }: PreparedRequest): string | null {
  if (payload === null) return null;
  if (payload.kind === "bytes") return asBuffer(payload.bytes).toString("latin1");
  throw new TypeError(
    "the body is a stream, and a command needs its bytes: set request.body to them, or write the request with text or bytes",
  );
}

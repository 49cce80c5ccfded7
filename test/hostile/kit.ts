/**
 * The kit of the hostile server: its cases as types, its server as a process, its admin port.
 *
 * The kit itself is not part of the project; its README tells what each field means.
 */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Anything that JSON can hold. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What a client is asked for, in neutral terms. */
export interface NeutralOptions {
  readonly timeout_ms?: NeutralTimeout;
  readonly follow_redirects?: boolean;
  readonly max_redirects?: number;
  readonly verify?: boolean;
  readonly ca?: string;
  readonly client_cert?: { readonly cert: string; readonly key: string };
  readonly crl?: string;
  readonly auth?: NeutralAuth;
  readonly proxy?: string | { readonly [scheme: string]: string | readonly string[] };
  readonly trust_env?: boolean;
  readonly cookies?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly max_decoded_bytes?: number;
  readonly retries?:
    | number
    | { readonly total: number; readonly backoff_ms?: number; readonly status?: readonly number[] };
  readonly stream?: { readonly read: "all" } | { readonly read_bytes: number; readonly then: "close" };
  readonly abort_after_ms?: number;
  readonly expect_continue?: boolean;
  readonly http2?: boolean;
  readonly resume?: boolean;
  readonly resolve?: Readonly<Record<string, readonly string[]>>;
  readonly sensitive_headers?: readonly string[];
  readonly base_url?: string;
  readonly fresh_session?: boolean;
}

interface NeutralTimeout {
  readonly connect?: number;
  readonly read?: number;
  readonly total?: number;
}

export interface NeutralAuth {
  readonly type: string;
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
}

/** A part of a multipart body. */
interface NeutralPart {
  readonly name: string;
  readonly filename?: string;
  readonly content: string;
  readonly content_type?: string;
}

export type NeutralBody =
  | { readonly text: string }
  | { readonly repeat: readonly [text: string, times: number] }
  | { readonly stream: readonly string[] }
  | { readonly multipart: readonly NeutralPart[] };

export interface NeutralRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: NeutralBody | null;
  readonly options?: NeutralOptions;
}

/** What a good response looks like. All that is absent is not looked at. */
export interface ExpectedResponse {
  readonly status?: number;
  readonly body_sha256?: string;
  readonly body_len?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly headers_match?: Readonly<Record<string, string>>;
  readonly no_headers?: readonly string[];
  readonly redirects?: number;
  readonly text?: string;
  readonly text_ok?: boolean;
  readonly text_lacks?: string;
  readonly json?: Json;
  readonly json_error?: boolean;
  readonly json_keys_include?: readonly string[];
}

/** What a step has to end with. */
export interface Expectation extends ExpectedResponse {
  readonly outcome: "ok" | "error" | "any";
  readonly error?: readonly string[];
  readonly ok?: ExpectedResponse;
  readonly max_ms?: number;
  readonly max_rss_mb?: number;
  readonly not_in_error?: readonly string[];
  readonly error_printable?: boolean;
}

export interface RequestStep {
  readonly op?: undefined;
  readonly request: NeutralRequest;
  readonly expect: Expectation;
}

export type Step = RequestStep | { readonly op: string; readonly ms?: number };

export interface Case {
  readonly id: string;
  readonly group: string;
  readonly proves: string;
  readonly features?: readonly string[];
  readonly env?: Readonly<Record<string, string>> | null;
  readonly netrc?: string | null;
  readonly steps: readonly Step[];
  readonly log?: readonly Json[];
  readonly invariants?: readonly string[];
}

/** The file of cases, with the addresses of a running server filled in. */
interface Cases {
  readonly defaults: NeutralOptions;
  readonly cases: readonly Case[];
}

/** A running hostile server. */
export interface HostileServer extends AsyncDisposable {
  cases(): Promise<Cases>;
  /** Forgets log and counters, and drops what is open. */
  reset(): Promise<void>;
  /** Which of these facts do not hold, in words. */
  check(facts: readonly Json[]): Promise<readonly string[]>;
}

/** Debian's packages are seen by Debian's Python only. */
const PYTHON = "/usr/bin/python3";
/** The server ends by itself after so long, whatever becomes of us. */
const LONGEST_RUN_S = 3600;
const START_MS = 60_000;

/** Where the kit is: as told, or beside the checkout. @throws {Error} when it is not there. */
export function findKit(told: string | undefined): string {
  const beside = join(dirname(fileURLToPath(import.meta.url)), "../../../shared/hostile");
  const folder = resolve(told ?? process.env["SOJOURN_HOSTILE_KIT"] ?? beside);
  if (!existsSync(join(folder, "hostile_server.py")))
    throw new Error(`no kit of the hostile server in ${folder}`);
  return folder;
}

/**
 * Starts the server, with throw-away certificates of its own.
 *
 * @param cases a file of cases in place of the kit's.
 * @throws {Error} when it does not come up; the message has what it wrote.
 */
export async function startServer(kit: string, cases: string | undefined): Promise<HostileServer> {
  const certificates = mkdtempSync(join(tmpdir(), "sojourn-hostile-"));
  const options = ["--stdin-guard", "--max-seconds", String(LONGEST_RUN_S)];
  if (cases !== undefined) options.push("--cases", resolve(cases));
  const child = spawn(PYTHON, [join(kit, "hostile_server.py"), ...options], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, HOSTILE_CERTS: certificates, PYTHONDONTWRITEBYTECODE: "1" },
  });
  const stop = async (): Promise<void> => {
    await end(child);
    rmSync(certificates, { recursive: true, force: true });
  };
  try {
    return serverAt(await addressOf(child), stop);
  } catch (cause) {
    await stop();
    throw new Error("the hostile server did not start (it needs python3-cryptography)", { cause });
  }
}

/** The address of the admin port, from the one line that the server writes. */
async function addressOf(child: ChildProcess): Promise<string> {
  let log = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    log = (log + text).slice(-4000);
  });
  if (child.stdout === null) throw new Error("the server has no output");
  const lines = createInterface({ input: child.stdout });
  const signal = AbortSignal.timeout(START_MS);
  const line = once(lines, "line", { signal }) as Promise<[string]>; // An event of readline has the line.
  const ended = once(child, "exit", { signal }).then(() =>
    Promise.reject(new Error(`it ended: ${log.trim()}`)),
  );
  const [text] = await Promise.race([line, ended]);
  ended.catch(() => {});
  return (JSON.parse(text) as { readonly admin: string }).admin; // The kit wrote it.
}

function serverAt(admin: string, stop: () => Promise<void>): HostileServer {
  const ask = async (path: string, body?: Json): Promise<unknown> => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(admin + path, init);
    return response.json();
  };
  return {
    cases: async () => (await ask("/__cases")) as Cases, // The kit wrote it.
    reset: async () => {
      await ask("/__reset", {});
    },
    check: async (facts) => {
      if (facts.length === 0) return [];
      const answer = (await ask("/__check", { facts })) as {
        readonly failures: readonly { readonly why: string }[];
      };
      return answer.failures.map(({ why }) => why);
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** The end of its input ends the server. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.stdin?.end();
  const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
  await ended;
  clearTimeout(timer);
}

/**
 * What sojourn has, in the kit's words. A case that names something else is skipped, and the table says so.
 */
import type { Case, NeutralOptions, Step } from "./kit.ts";

/** Features that are built. */
const BUILT: ReadonlySet<string> = new Set([
  "abort",
  "base_url",
  "bearer",
  "br",
  "crl",
  "digest",
  "digest-auth-int",
  "digest-sess",
  "expect_continue",
  "h2",
  "hsts",
  "https_proxy",
  "max_decoded_bytes",
  "multipart",
  "netrc",
  "origin_bound_cert",
  "params",
  "proxy",
  "psl",
  "resolve",
  "resume",
  "retries",
  "retry_after_cap",
  "rfc6265bis",
  "save_load",
  "sensitive_headers",
  "socks",
  "stream",
  "stream_body",
  "total_timeout",
  "trust_env",
  "zstd",
]);

/** Options that `options.ts` knows how to say. */
const OPTIONS: Readonly<Record<keyof NeutralOptions, true>> = {
  timeout_ms: true,
  follow_redirects: true,
  max_redirects: true,
  verify: true,
  ca: true,
  client_cert: true,
  crl: true,
  auth: true,
  proxy: true,
  trust_env: true,
  cookies: true,
  params: true,
  max_decoded_bytes: true,
  retries: true,
  stream: true,
  abort_after_ms: true,
  expect_continue: true,
  http2: true,
  resolve: true,
  resume: true,
  sensitive_headers: true,
  base_url: true,
  fresh_session: true,
};
const OPERATIONS: ReadonlySet<string> = new Set(["sleep", "save_load", "close_session"]);
const AUTHS: ReadonlySet<string> = new Set(["basic", "digest", "bearer"]);

/** What a case wants and sojourn does not have, or `null`. */
export function missingFeature({ features = [], steps }: Case): string | null {
  const missing = features.find((name) => !BUILT.has(name));
  if (missing !== undefined) return missing;
  for (const step of steps) {
    const found = missingIn(step);
    if (found !== null) return found;
  }
  return null;
}

function missingIn(step: Step): string | null {
  if (step.op !== undefined) return OPERATIONS.has(step.op) ? null : `operation ${step.op}`;
  const { options = {} } = step.request;
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name));
  if (unknown !== undefined) return `option ${unknown}`;
  if (options.auth !== undefined && !AUTHS.has(options.auth.type)) return `auth ${options.auth.type}`;
  return null;
}

/**
 * Credentials that nobody passed as `auth`: those in the URL, then those of netrc.
 *
 * Pure, but for a memory of the last netrc text.
 */
import type { Auth } from "../core/auth-scheme.ts";
import type { NetrcFile } from "../core/environment.ts";
import type { Journey } from "../core/options.ts";
import { sourceOf, type Source } from "../core/source.ts";
import type { Url } from "../core/url.ts";
import { HttpBasicAuth } from "./basic.ts";
import { entryFor, parseNetrc, type Netrc, type NetrcCredentials } from "./netrc.ts";

let lastText: string | null = null;
let lastNetrc: Netrc | null = null;
/** Files of whose mistakes was told: each tells in its own way. */
const told = new WeakSet<NetrcFile>();
const made = new WeakMap<NetrcCredentials, Auth>();

/**
 * Basic credentials for `url`, or `null`. What the program wrote into the URL goes before what happens to be in a file. A user
 * without a password gets the one that netrc has for that user, never another user's (CVE-2026-8926 in curl), and else an
 * empty one. Only the host counts, never what a URL writes before it (CVE-2024-47081 in requests).
 *
 * @param file the netrc file; `null` when there is none or it is not trusted.
 * @param allowed what of it may be used, after redirects.
 */
export function ambientAuthOf(url: Url, file: NetrcFile | null, allowed: Journey["netrc"]): Auth | null {
  const found = find(url, file, allowed);
  if (found === null) return null;
  return found.isNetrc ? authOf(found.credentials, found.file.charset) : basic(found.credentials, "utf8");
}

/** Where {@link ambientAuthOf} has its credentials from; `null` when there are none. */
export function ambientSourceOf(url: Url, file: NetrcFile | null, allowed: Journey["netrc"]): Source | null {
  const found = find(url, file, allowed);
  if (found === null) return null;
  if (!found.isNetrc) return sourceOf("url", "user info");
  const { machine, file: read } = found;
  return sourceOf("netrc", machine === null ? "default" : `machine ${machine}`, read.path);
}

/** Credentials, and whose they are. */
type Found =
  | { readonly isNetrc: false; readonly credentials: NetrcCredentials }
  | {
      readonly isNetrc: true;
      readonly credentials: NetrcCredentials;
      readonly machine: string | null;
      readonly file: NetrcFile;
    };

function find(url: Url, file: NetrcFile | null, allowed: Journey["netrc"]): Found | null {
  const written = url.userinfo === null ? null : url.credentials;
  if (written !== null && url.userinfo?.includes(":") === true)
    return { isNetrc: false, credentials: written };
  if (file !== null && allowed !== "none") {
    const query = { login: written?.username ?? null, withDefault: allowed === "all" };
    const entry = entryFor(parsed(file), url, query);
    if (entry !== null && entry.credentials !== null)
      return { isNetrc: true, credentials: entry.credentials, machine: entry.machine, file };
  }
  return written === null ? null : { isNetrc: false, credentials: written };
}

function parsed(file: NetrcFile): Netrc {
  const { text } = file;
  if (lastNetrc === null || lastText !== text) {
    lastNetrc = parseNetrc(text);
    lastText = text;
  }
  if (lastNetrc.mistakes.length > 0 && !told.has(file)) {
    told.add(file);
    file.tell(lastNetrc.mistakes);
  }
  return lastNetrc;
}

function authOf(credentials: NetrcCredentials, charset: NetrcFile["charset"]): Auth {
  const known = made.get(credentials);
  if (known !== undefined) return known;
  const auth = basic(credentials, charset);
  made.set(credentials, auth);
  return auth;
}

/** As bytes: nobody is there to be told of a character that should not be in a user name. */
function basic({ username, password }: NetrcCredentials, charset: NetrcFile["charset"]): Auth {
  return new HttpBasicAuth(Buffer.from(username, charset), Buffer.from(password, charset));
}

/**
 * Credentials that nobody passed as `auth`: those of netrc, then those in the URL.
 *
 * Pure, but for a memory of the last netrc text.
 */
import type { Auth } from "../core/auth-scheme.ts";
import type { Url } from "../core/url.ts";
import { HttpBasicAuth } from "./basic.ts";
import { credentialsFor, parseNetrc, type Netrc, type NetrcCredentials } from "./netrc.ts";

let lastText: string | null = null;
let lastNetrc: Netrc | null = null;
const made = new WeakMap<NetrcCredentials, Auth>();

/**
 * Basic credentials for `url`, or `null`. Those of netrc are taken whole: a user name in the URL never gets another user's
 * password (CVE-2026-8926 in curl). Only the host counts, never what a URL writes before it (CVE-2024-47081 in requests).
 *
 * @param netrc text of the netrc file; `null` when there is none or it is not trusted.
 */
export function ambientAuthOf(url: Url, netrc: string | null): Auth | null {
  const known = netrc === null ? null : credentialsFor(parsed(netrc), url.host);
  if (known !== null) return authOf(known);
  if (url.userinfo === null) return null;
  const { credentials } = url;
  return credentials === null || (credentials.username === "" && credentials.password === "")
    ? null
    : basic(credentials);
}

function parsed(text: string): Netrc {
  if (lastNetrc === null || lastText !== text) {
    lastNetrc = parseNetrc(text);
    lastText = text;
  }
  return lastNetrc;
}

function authOf(credentials: NetrcCredentials): Auth {
  const known = made.get(credentials);
  if (known !== undefined) return known;
  const auth = basic(credentials);
  made.set(credentials, auth);
  return auth;
}

/** As bytes: nobody is there to be told of a character that should not be in a user name. */
function basic({ username, password }: NetrcCredentials): Auth {
  return new HttpBasicAuth(Buffer.from(username), Buffer.from(password));
}

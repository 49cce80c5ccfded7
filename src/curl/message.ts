/** Options of the message: method, fields, cookies and credentials. */
import { isToken } from "../core/method.ts";
import type { Draft, Taker, World } from "./draft.ts";
import type { Given } from "./arguments.ts";
import { fieldLines, fieldOf } from "./fields.ts";

function addFields(fields: Draft["fields"], given: Given, world: World): void {
  for (const line of fieldLines(given, world)) {
    const field = fieldOf(line, given, world);
    if (field !== null) fields.push(field);
  }
}

/** Of an auth that a session does not have. */
export const NO_SUCH_AUTH: string = "there is no such auth here: Basic, Digest and Bearer are";

/** With one of these alone curl never says user and password as they are. */
const noSuchAuth: Taker = (draft, given, world) => {
  if (given.isOn && draft.scheme === "basic") draft.scheme = "none";
  world.ignore(given, NO_SUCH_AUTH);
};

/** The options of this file. */
export const messageTakers: Readonly<Record<string, Taker>> = {
  request: (draft, given, world) => {
    // Safari writes it where it does not know the method.
    if (given.value === "null")
      world.ignore(given, '"null" is no method: it is what Safari writes when it knows none');
    else if (!isToken(given.value)) world.fail(given, "--request must be a token (RFC 9110 §9.1)");
    else draft.method = given.value;
  },
  head: (draft, { isOn }) => {
    draft.isHead = isOn;
  },
  header: (draft, given, world) => addFields(draft.fields, given, world),
  "proxy-header": (draft, given, world) => addFields(draft.proxyFields, given, world),
  "user-agent": (draft, given) => {
    draft.userAgent = given;
  },
  referer: (draft, given, world) => {
    const { value } = given;
    const isAutomatic = value.endsWith(";auto");
    if (isAutomatic) world.ignore(given, ";auto: a redirected request has no Referer of its own here");
    draft.referer = isAutomatic ? { ...given, value: value.slice(0, -5) } : given;
  },
  range: (draft, given) => {
    draft.range = { ...given, value: /^\d+$/.test(given.value) ? `${given.value}-` : given.value };
  },
  "continue-at": (draft, given, world) => {
    if (/^\d+$/.test(given.value)) draft.range = { ...given, value: `${given.value}-` };
    else if (given.value === "-") world.ignore(given, "session.download() goes on where a file ends");
    else world.fail(given, "--continue-at must be a whole number, or -");
  },
  cookie: (draft, given) => {
    draft.cookies.push(given);
  },
  compressed: (draft, { isOn }) => {
    draft.isCompressed = isOn;
  },
  user: (draft, given) => {
    draft.user = given;
  },
  "oauth2-bearer": (draft, given) => {
    draft.bearer = given;
  },
  basic: (draft, { isOn }) => {
    if (isOn) draft.scheme = "basic";
  },
  digest: (draft, { isOn }) => {
    draft.scheme = isOn ? "digest" : "basic";
  },
  anyauth: (draft) => {
    draft.scheme = "any";
  },
  negotiate: noSuchAuth,
  ntlm: noSuchAuth,
  "ntlm-wb": noSuchAuth,
  "aws-sigv4": noSuchAuth,
  netrc: (draft, { isOn }) => {
    draft.hasNetrc = isOn;
  },
  "netrc-optional": (draft, { isOn }) => {
    draft.hasNetrc = isOn;
  },
  "expect100-timeout": (draft, given, world) => {
    draft.expectMs = milliseconds(given, world);
  },
};

/** Seconds, with a fraction maybe, as milliseconds; `null` for none. @throws {SyntaxError} for anything else. */
export function milliseconds(given: Given, world: World): number | null {
  const seconds = /^(?:\d+(?:\.\d*)?|\.\d+)$/.test(given.value) ? Number(given.value) : Number.NaN;
  if (!(seconds * 1000 <= 2_147_483_647))
    world.fail(given, `${given.shown} must be a number of seconds, up to 2147483`);
  return seconds === 0 ? null : Math.max(1, Math.round(seconds * 1000));
}

/** @throws {SyntaxError} for what is no whole number. */
export function wholeNumber(given: Given, world: World): number {
  const number = /^\d{1,15}$/.test(given.value) ? Number(given.value) : Number.NaN;
  if (Number.isNaN(number)) world.fail(given, `${given.shown} must be a whole number`);
  return number;
}

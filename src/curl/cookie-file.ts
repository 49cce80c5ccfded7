/** Files of cookies, for `--cookie`: which of them curl would send. The rules are those of curl's own reader. */

/** A cookie that is sent. */
interface FileCookie {
  readonly domain: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
}

/** Where cookies would go. */
export interface CookieWay {
  /** Lower case, as in a parsed URL. */
  readonly host: string;
  readonly path: string;
  readonly isEncrypted: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const LINE = /^(?:#HttpOnly_)?([^\t#][^\t]*)\t([^\t]*)\t([^\t]*)(?:\t([^\t]*))?(?:\t([^\t]*))?(?:\t([^\t]*))?(?:\t([^\t]*))?$/;

/** The pairs that a file of cookies gives for a way, as a `Cookie` field has them: longest path first. */
export function cookiePairs(bytes: string, way: CookieWay): string[] {
  return bytes
    .split(/\r?\n/)
    .map((line) => cookieOf(line, way))
    .filter((cookie) => cookie !== null)
    .toSorted((one, other) => other.path.length - one.path.length || other.domain.length - one.domain.length)
    .map(({ name, value }) => `${name}=${value}`);
}

/** The cookie of a line, if it goes that way; `null` for any other, and for a line that curl leaves out. */
function cookieOf(line: string, { host, path, isEncrypted, now }: CookieWay): FileCookie | null {
  const fields = LINE.exec(line)?.slice(1);
  if (fields === undefined) return null;
  // The path may be missing: then what follows it stands in its place.
  if (/^(?:TRUE|FALSE)$/.test(fields[2] ?? "")) fields.splice(2, 0, "/");
  const [written = "", forAll = "", cookiePath = "/", secure = "", expires = "", name, value = "", more] = fields;
  const seconds = /^\d{1,19}/.exec(expires)?.[0];
  if (name === undefined || more !== undefined || seconds === undefined || !/^\d+(?:\.\d*)?$/.test(expires)) return null;
  const domain = written.replace(/^\./, "").toLowerCase();
  const isForAll = forAll.toUpperCase() === "TRUE";
  const fits = host === domain || (isForAll && host.endsWith(`.${domain}`));
  const isThere = path === cookiePath || path.startsWith(cookiePath.endsWith("/") ? cookiePath : `${cookiePath}/`);
  const isAlive = Number(seconds) === 0 || Number(seconds) * 1000 > now;
  const mayGo = secure.toUpperCase() !== "TRUE" || isEncrypted;
  return fits && isThere && isAlive && mayGo ? { domain, path: cookiePath, name, value } : null;
}

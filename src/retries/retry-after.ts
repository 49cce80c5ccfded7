/**
 * `Retry-After`: seconds or a date (RFC 9110 §10.2.3).
 *
 * May import: `core/`. Pure: the time is an argument.
 */
import { withoutBlanks } from "../core/received-text.ts";

/**
 * How long a `Retry-After` asks to wait, in milliseconds from `now`; 0 for a date that is over. `null` when it cannot be
 * read: one field that is wrong is no reason to give up (unlike in urllib3, PARITY RTY-10).
 */
export function parseRetryAfter(value: string, now: number): number | null {
  const text = withoutBlanks(value);
  if (/^[0-9]+$/.test(text)) return Number(text) * 1000;
  const date = parseHttpDate(text, now);
  return date === null ? null : Math.max(0, date - now);
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAY_NAME = "(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?";
const MONTH = "(?<month>[a-z]{3})";
const TIME = "(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)";

/** The three forms that a recipient must understand (RFC 9110 §5.6.7): IMF-fixdate, RFC 850 and asctime. */
const FORMS: readonly RegExp[] = [
  new RegExp(`^${DAY_NAME}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} (?:gmt|utc)$`, "i"),
  new RegExp(`^${DAY_NAME}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} gmt$`, "i"),
  new RegExp(`^${DAY_NAME} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})$`, "i"),
];

/** What each form has, as text. */
type DateParts = Readonly<Record<"day" | "month" | "year" | "hour" | "minute" | "second", string>>;

function parseHttpDate(text: string, now: number): number | null {
  for (const form of FORMS) {
    const found = form.exec(text);
    if (found !== null) return timeOf(found.groups as DateParts, now); // each form names these groups
  }
  return null;
}

function timeOf(parts: DateParts, now: number): number | null {
  const month = MONTHS.indexOf(parts.month.toLowerCase());
  const [day, hour, minute, second] = [
    Number(parts.day),
    Number(parts.hour),
    Number(parts.minute),
    Number(parts.second),
  ];
  // A leap second is read as the second after it.
  if (month === -1 || hour > 23 || minute > 59 || second > 60) return null;
  const year = fullYear(parts.year, now);
  const isRealDay = new Date(Date.UTC(year, month, day)).getUTCDate() === day;
  return isRealDay ? Date.UTC(year, month, day, hour, minute, second) : null;
}

/** Two digits that seem to be more than 50 years ahead mean the past (RFC 9110 §5.6.7). */
function fullYear(digits: string, now: number): number {
  const year = Number(digits);
  if (digits.length !== 2) return year;
  const thisYear = new Date(now).getUTCFullYear();
  const inThisCentury = thisYear - (thisYear % 100) + year;
  return inThisCentury > thisYear + 50 ? inThisCentury - 100 : inThisCentury;
}

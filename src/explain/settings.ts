/**
 * A line for each option of the table: what holds, who said it, what counts beside and what is beaten. A new option has its line by
 * having its row.
 */
import { byDefault, type Source } from "../core/source.ts";
import { firstHeaders } from "../options/headers.ts";
import type { Ledger, Saying } from "../options/ledger.ts";
import { initial, rows, settingOf, type OptionName } from "../options/table.ts";
import { tlsFields } from "../options/tls.ts";
import { trustOf } from "../options/trust.ts";
import type { Beaten, ExplainedSetting, ShownValue } from "./data.ts";
import {
  headerParts,
  hookParts,
  paramParts,
  proxySources,
  timeoutPart,
  tlsPart,
  type Part,
} from "./parts.ts";
import type { Shower } from "./shown.ts";

/** All lines, in the order of the table. */
export function settingLines(ledger: Ledger, trust: Trust, shower: Shower): ExplainedSetting[] {
  return optionNames().map((option) => {
    const counting =
      option === "verify" ? new Set([verifySource(ledger, trust)]) : countingOf(option, ledger);
    return lineOf(option, ledger, counting, shower);
  });
}

function optionNames(): OptionName[] {
  return Object.keys(rows) as OptionName[]; // the rows are of options
}

/** @param counting who has a part in what holds; `null`: who spoke last. */
function lineOf(
  option: OptionName,
  ledger: Ledger,
  counting: ReadonlySet<Source> | null,
  shower: Shower,
): ExplainedSetting {
  const first: Beaten = { value: defaultOf(option, shower), source: byDefault };
  const said = sayingsOf(option, ledger).map((saying) => shownSaying(saying, shower));
  const strongestFirst = [first, ...said].reverse();
  const at = counting === null ? 0 : strongestFirst.findIndex(({ source }) => counting.has(source));
  // Where nothing is left of any, the last word was that there is to be nothing.
  const winner = strongestFirst[Math.max(at, 0)] ?? first;
  const others = strongestFirst.filter(
    (one) => one !== winner && one.value !== "" && (counting === null || !isBorder(one)),
  );
  const isCounting = ({ source }: Beaten): boolean => counting?.has(source) === true;
  return {
    option,
    value: winner.value,
    source: winner.source,
    joined: others.filter(isCounting),
    beaten: others.filter((one) => !isCounting(one)),
  };
}

/** What a border takes off is told elsewhere, part by part. */
function isBorder({ source: { layer } }: Beaten): boolean {
  return layer === "base-url" || layer === "redirect";
}

/** `proxy` is another way to say `proxies`: both lines tell of both. */
function sayingsOf(option: OptionName, ledger: Ledger): readonly Saying[] {
  return option === "proxies" || option === "proxy" ? ledger.of("proxies", "proxy") : ledger.of(option);
}

function shownSaying({ option, given, source }: Saying, shower: Shower): Beaten {
  return { value: shower.option(option, given), source };
}

/** Who has a part in what holds, of an option that is put together of parts; `null` for one that is not. */
function countingOf(option: OptionName, ledger: Ledger): ReadonlySet<Source> | null {
  switch (option) {
    case "headers":
      return sourcesOf(headerParts(ledger).parts.values());
    case "params":
      return sourcesOf(paramParts(ledger).pairs);
    case "timeout":
      return sourcesOf(
        (["connectMs", "readMs", "totalMs"] as const).map((clock) => timeoutPart(ledger, clock)),
      );
    case "tls":
      return sourcesOf(tlsFields.map((name) => tlsPart(ledger, name)));
    case "proxies":
    case "proxy":
      return proxySources(ledger);
    case "hooks":
      return new Set(hookParts(ledger).map(({ source }) => source));
    default:
      return null;
  }
}

/** Whom to trust: what the environment names counts behind what was said outright, and not beside a store. */
function verifySource(ledger: Ledger, trust: Trust): Source {
  const trusted = trustOf(trust);
  const isOfEnvironment = trusted.kind === "path" && trusted.variable !== undefined;
  const said = ledger
    .of("verify")
    .filter(({ source }) => (source.layer === "environment") === isOfEnvironment);
  return said.at(-1)?.source ?? byDefault;
}

/** What tells whom to trust. */
type Trust = Parameters<typeof trustOf>[0];

function sourcesOf(parts: Iterable<Part<unknown>>): ReadonlySet<Source> {
  return new Set(Array.from(parts, ({ source }) => source));
}

/** What holds when nobody says anything, as it would be given. */
function defaultOf(option: OptionName, shower: Shower): ShownValue {
  switch (option) {
    case "headers":
      return shower.option("headers", firstHeaders);
    case "timeout": {
      const { connectMs, readMs, totalMs } = initial.timeouts;
      return shower.option("timeout", { connect: connectMs, read: readMs, total: totalMs });
    }
    case "verify":
    case "trustEnv":
      return true;
    case "cookies":
      return "the session's jar";
    default: {
      const value = settingOf(option, initial);
      return typeof value === "number" || typeof value === "boolean" ? value : null;
    }
  }
}

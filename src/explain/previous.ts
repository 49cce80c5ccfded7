/** What the call of a response had, for the ledger: its settings in the form in which they would be given. */
import type { ProxySettings, Timeouts, Verify } from "../core/adapter.ts";
import { HeaderMap } from "../core/headers.ts";
import type { Hooks } from "../core/hooks.ts";
import { sourceOf, type Source } from "../core/source.ts";
import { firstHeaders } from "../options/headers.ts";
import type { Ledger } from "../options/ledger.ts";
import { initial, rows, settingOf, type OptionName } from "../options/table.ts";
import type { Exchange } from "../pipeline/stage.ts";

/** Options that a message has taken up: they are in it. */
const TAKEN_UP: ReadonlySet<OptionName> = new Set(["headers", "params", "idempotencyKey", "rawUrl", "proxy"]);

/**
 * Takes down the fields of the message, and of its settings those that are not the default.
 *
 * @param call whose they are.
 * @param isOwn is a field one that was given, and not set by who signed the message?
 */
export function notePlan(
  ledger: Ledger,
  { request, settings }: Exchange,
  call: Source,
  isOwn: (name: string) => boolean,
): void {
  const { caBundle } = settings;
  if (caBundle !== null) {
    const environment = sourceOf("environment", caBundle.variable);
    ledger.from(environment).note("verify", caBundle.path, initial.verify, caBundle);
  }
  ledger.from(call);
  const headers = new HeaderMap([...request.headers].filter(([name]) => isOwn(name)));
  const own = [...headers].filter(([name]) => firstHeaders.get(name) !== headers.get(name));
  // What it does not have nobody took off.
  const first = [...firstHeaders].filter(([name]) => headers.has(name));
  ledger.note("headers", new HeaderMap(own), new HeaderMap(first), headers);
  for (const option of Object.keys(rows) as OptionName[]) {
    if (TAKEN_UP.has(option)) continue;
    const [before, after] = [settingOf(option, initial), settingOf(option, settings)];
    if (after === before || after === undefined || isNothing(option, after)) continue;
    ledger.note(option, asGiven(option, after), before, after);
  }
}

/** Proxies are other ones for each session, be it that there are none. */
function isNothing(option: OptionName, setting: unknown): boolean {
  if (option !== "proxies") return false;
  const { explicit, environment } = setting as ProxySettings; // of proxies it is
  return [explicit, environment].every(({ byKey, noProxy }) => byKey.size === 0 && noProxy === null);
}

/** A setting as it would be given. */
function asGiven(option: OptionName, setting: unknown): unknown {
  // Each setting is of the kind that its row reads into.
  switch (option) {
    case "timeout": {
      const { connectMs, readMs, totalMs } = setting as Timeouts;
      return { connect: connectMs, read: readMs, total: totalMs };
    }
    case "proxies": {
      const { explicit, environment } = setting as ProxySettings;
      return Object.fromEntries([...environment.byKey, ...explicit.byKey].filter(([key]) => isKey(key)));
    }
    case "verify":
      return givenVerify(setting as Verify);
    case "trustedOrigins":
    case "crossOriginHeaders":
      return [...(setting as ReadonlySet<string>)];
    case "hooks":
      return withoutEmpty(setting as Hooks);
    default:
      return setting;
  }
}

/** The environment may name proxies for schemes that no URL here has. */
function isKey(key: string): boolean {
  return /^(?:https?|all)(?:$|:)/.test(key);
}

function givenVerify(verify: Verify): boolean | string {
  switch (verify.kind) {
    case "default":
      return true;
    case "off":
      return false;
    case "path":
      return verify.path;
    case "pem":
      return verify.pem;
  }
}

function withoutEmpty(hooks: Hooks): unknown {
  return Object.fromEntries(Object.entries(hooks).filter(([, list]) => list.length > 0));
}

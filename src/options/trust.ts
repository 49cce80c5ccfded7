/**
 * Reads `verify` and `cert`: whom to trust and what to show. Reading the files they name is the transport's work.
 *
 * Messages name the kind of a wrong value, never the value: it may be a key.
 */
import { isUint8Array } from "../core/realm.ts";
import type { ClientCertificate, Verify } from "../core/adapter.ts";
import type { CertInit, VerifyInit } from "../core/options.ts";
import { certElsewhere } from "./elsewhere.ts";
import { isRecord, mustBe, optionsOf } from "../core/checks.ts";
import type { Settings } from "./settings.ts";
import { insteadOf } from "./slips.ts";

/** Node's own roots, or those that the environment names. */
export const defaultVerify: Verify = { kind: "default" };
const OFF: Verify = { kind: "off" };

/**
 * Reads `verify`. `true` and `null` mean the default trust.
 *
 * @throws {TypeError} for anything that is no {@link VerifyInit}.
 */
export function readVerify(init: VerifyInit | null): Verify {
  if (init === null || init === true) return defaultVerify;
  if (init === false) return OFF;
  const text = isUint8Array(init) ? new TextDecoder().decode(init) : init;
  if (typeof text !== "string" || text === "") {
    const advice = insteadOf("verify", init);
    throw mustBe("verify", "true, false, a path or PEM certificates", text === "" ? text : init, advice);
  }
  return text.includes("-----BEGIN") ? { kind: "pem", pem: text } : { kind: "path", path: text };
}

/** Whom a message trusts: what was said of it; else the bundle of the environment, unless `tls` says where roots come from. */
export function trustOf({ verify, tls, caBundle }: Pick<Settings, "verify" | "tls" | "caBundle">): Verify {
  return caBundle !== null && verify.kind === "default" && tls?.store == null ? caBundle : verify;
}

/**
 * Reads `cert`: one PEM file or text with both, `[certificate, key]`, or parts.
 *
 * @throws {TypeError} for anything that is no {@link CertInit}.
 */
export function readCert(init: CertInit | null): ClientCertificate | null {
  if (init === null) return null;
  if (typeof init === "string") return { cert: material(init, "cert"), key: init };
  if (isPair(init)) {
    const [cert, key, ...more] = init as readonly unknown[];
    if (more.length > 0) throw new TypeError("cert as a list is [certificate, key], and no more");
    return { cert: material(cert, "cert[0]"), key: material(key, "cert[1]") };
  }
  if (!isRecord(init))
    throw mustBe("cert", "a path, [certificate, key] or { cert, key, pfx, passphrase }", init);
  return fromParts(init);
}

function fromParts(init: ClientCertificate): ClientCertificate {
  const names = ["cert", "key", "pfx", "passphrase"];
  const { cert, key, pfx, passphrase } = optionsOf(init, "cert", names, certElsewhere);
  if (cert === undefined && pfx === undefined) throw new TypeError("cert as an object needs cert or pfx");
  if (passphrase !== undefined && typeof passphrase !== "string")
    throw mustBe("cert.passphrase", "a string", passphrase);
  return {
    ...(cert === undefined ? null : { cert: material(cert, "cert.cert") }),
    ...(key === undefined ? null : { key: material(key, "cert.key") }),
    ...(pfx === undefined ? null : { pfx: material(pfx, "cert.pfx") }),
    ...(passphrase === undefined ? null : { passphrase }),
  };
}

function isPair(init: CertInit): init is readonly [string | Uint8Array, string | Uint8Array] {
  return Array.isArray(init);
}

function material(value: unknown, option: string): string | Uint8Array {
  if (typeof value === "string" && value !== "") return value;
  if (isUint8Array(value)) return value;
  throw mustBe(option, "a path, PEM text or bytes", value);
}

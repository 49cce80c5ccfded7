/**
 * Pins: is a server's certificate one of those that the caller named? A decision about a certificate that is there already.
 */
import { createHash, type X509Certificate } from "node:crypto";

import type { TlsPin } from "../core/adapter.ts";

/**
 * What is wrong with the certificate of a server, or `null` when it fits a pin. Names the key that was seen, in the form of
 * a pin: a new key can be pinned without another tool, once it is known to be right.
 */
export function pinProblem(pins: readonly TlsPin[], certificate: X509Certificate | undefined): string | null {
  if (certificate === undefined) return "the server showed no certificate, and pins are given";
  const key = hashOf(certificate.publicKey.export({ type: "spki", format: "der" }), "base64");
  const whole = hashOf(certificate.raw, "hex");
  if (pins.some(({ kind, hash }) => hash === (kind === "key" ? key : whole))) return null;
  return `the certificate fits no pin; its key is sha256/${key}`;
}

function hashOf(bytes: Uint8Array, form: "base64" | "hex"): string {
  return createHash("sha256").update(bytes).digest(form);
}

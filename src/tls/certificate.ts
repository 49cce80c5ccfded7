/**
 * Is the certificate that a server showed the right one? By its names, for one that is trusted; by pins, whether it is or not.
 *
 * Of names Node decides, and is stricter here by two rules of RFC 9525 §6.3, as Python's `ssl` is under urllib3 2: a common name
 * says nothing, and a `*` stands for a whole label.
 */
import type { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { PeerCertificate } from "node:tls";

import type { TlsPin } from "../core/adapter.ts";
import { nodeCrypto, nodeTls } from "../core/late.ts";

/** A `*` with more than dots around it: rare, and then OpenSSL is asked. */
const PARTIAL_WILDCARD = /[^:]\*|\*[^.]/;

/** What is wrong with the names in `certificate`, told with them, or `undefined` when it is for `name`, a host or an address. */
export function nameProblem(name: string, certificate: PeerCertificate): Error | undefined {
  const { subjectaltname: names = "", raw } = certificate;
  const { checkServerIdentity } = nodeTls();
  if (isIP(name) !== 0) {
    const problem = checkServerIdentity(name, certificate);
    // Node's list of addresses, of which there are none.
    return problem === undefined || names.includes("IP Address:")
      ? problem
      : mismatch(name, names || "it has none");
  }
  if (!names.includes("DNS:"))
    return mismatch(name, names === "" ? "it has none, and its common name does not count" : names);
  // Where there is no name of a host among others, Node would take the common name of the subject.
  const problem = checkServerIdentity(name, { ...certificate, subject: {} });
  if (problem !== undefined || !PARTIAL_WILDCARD.test(names)) return problem;
  const host = name.replace(/\.$/, "");
  const whole = new (nodeCrypto().X509Certificate)(raw);
  const found = whole.checkHost(host, { subject: "never", partialWildcards: false });
  return found === undefined ? mismatch(name, `${names} (a * stands for a whole label)`) : undefined;
}

/** As Node has it. */
function mismatch(name: string, names: string): Error {
  const [kind, place] = isIP(name) === 0 ? ["Host", "altnames"] : ["IP", "list"];
  const error = new Error(`${kind}: ${name} is not in the cert's ${place}: ${names}`);
  return Object.assign(error, { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
}

/**
 * What is wrong with the certificate of a server, or `null` when it fits a pin. Names the key that was seen, in the form of
 * a pin: a new key can be pinned without another tool, once it is known to be right.
 */
export function pinProblem(pins: readonly TlsPin[], certificate: X509Certificate | null): string | null {
  if (certificate === null) return "the server showed no certificate, and pins are given";
  const key = hashOf(certificate.publicKey.export({ type: "spki", format: "der" }), "base64");
  const whole = hashOf(certificate.raw, "hex");
  if (pins.some(({ kind, hash }) => hash === (kind === "key" ? key : whole))) return null;
  return `the certificate fits no pin; its key is sha256/${key}`;
}

function hashOf(bytes: Uint8Array, form: "base64" | "hex"): string {
  return nodeCrypto().createHash("sha256").update(bytes).digest(form);
}

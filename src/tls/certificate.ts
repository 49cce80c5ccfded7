/**
 * Names: is a certificate that is trusted for this host at all? A decision about a certificate that is there already.
 *
 * Node decides, and is stricter here by two rules of RFC 9525 §6.3, as Python's `ssl` is under urllib3 2: a common name says
 * nothing, and a `*` stands for a whole label.
 */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";

/** A `*` with more than dots around it: rare, and then OpenSSL is asked. */
const PARTIAL_WILDCARD = /[^:]\*|\*[^.]/;

/** What is wrong with the names in `certificate`, told with them, or `undefined` when it is for `name`, a host or an address. */
export function nameProblem(name: string, certificate: PeerCertificate): Error | undefined {
  const { subjectaltname: names = "", raw } = certificate;
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
  const found = new X509Certificate(raw).checkHost(host, { subject: "never", partialWildcards: false });
  return found === undefined ? mismatch(name, `${names} (a * stands for a whole label)`) : undefined;
}

/** As Node has it. */
function mismatch(name: string, names: string): Error {
  const [kind, place] = isIP(name) === 0 ? ["Host", "altnames"] : ["IP", "list"];
  const error = new Error(`${kind}: ${name} is not in the cert's ${place}: ${names}`);
  return Object.assign(error, { code: "ERR_TLS_CERT_ALTNAME_INVALID" });
}

/**
 * Subresource integrity: a body must have the hash that the caller names (https://www.w3.org/TR/SRI/).
 */
import { RequestException } from "../core/errors.ts";
import { nodeCrypto } from "../core/late.ts";
import { because } from "./failure.ts";

/** The hashes that count, the weakest first. */
const KNOWN = ["sha256", "sha384", "sha512"];
const HASH = /^(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})(?:\?.*)?$/i;

/** A hash that the body may have. */
interface Wanted {
  readonly algorithm: string;
  readonly digest: Buffer;
}

/**
 * Checks the decoded body against `integrity`, of whose strongest hashes one must fit. Blanks ask for nothing.
 *
 * @param bytes `null` for no body, which fits nothing.
 * @throws {TypeError} for another body, and when `integrity` names no hash that is known: nothing would be checked then.
 */
export function checkIntegrity(bytes: Uint8Array | null, integrity: string): void {
  const wanted = hashesIn(integrity);
  if (wanted.length === 0) return;
  const strongest = KNOWN.findLast((name) => wanted.some(({ algorithm }) => algorithm === name));
  const fits =
    bytes !== null &&
    wanted.some(
      ({ algorithm, digest }) =>
        algorithm === strongest && nodeCrypto().createHash(algorithm).update(bytes).digest().equals(digest),
    );
  if (!fits)
    throw because(new RequestException("the body is not the one that integrity names", { phase: "body" }));
}

/** @throws {TypeError} when there is none that is known. */
export function hashesIn(integrity: string): Wanted[] {
  const wanted = integrity
    .split(/[\t\n\f\r ]+/)
    .map((token) => HASH.exec(token))
    .filter((match) => match !== null)
    .map(([, algorithm = "", digest = ""]) => ({
      algorithm: algorithm.toLowerCase(),
      digest: Buffer.from(digest, "base64"),
    }));
  if (wanted.length > 0 || integrity.trim() === "") return wanted;
  throw new TypeError(
    `integrity must name a hash such as "sha256-...", by sha256, sha384 or sha512, not ${JSON.stringify(integrity)}`,
  );
}

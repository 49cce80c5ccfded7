/**
 * An authority for trials on this machine, and certificates that it signs: X.509 with ECDSA on P-256, valid for an hour, for
 * `127.0.0.1`, `::1` and `localhost`. Real programs get theirs from whoever runs their servers.
 */
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from "node:crypto";

/** A certificate and its key, in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** An authority: its own certificate, and a way to get others. */
export interface Authority extends KeyPair {
  /** A certificate of this name, for servers and clients. */
  issue(commonName: string): KeyPair;
}

export function makeAuthority(name: string): Authority {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const make = (
    subject: string,
    publicKey: KeyObject,
    privateKey: KeyObject,
    isAuthority: boolean,
  ): KeyPair => ({
    cert: certificate({ subject, issuer: name, publicKey, isAuthority }, keys.privateKey),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  });
  return {
    ...make(name, keys.publicKey, keys.privateKey, true),
    issue: (commonName) => {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      return make(commonName, publicKey, privateKey, false);
    },
  };
}

interface Facts {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly isAuthority: boolean;
}

/** The bytes of RFC 5280 §4.1, in PEM. */
function certificate({ subject, issuer, publicKey, isAuthority }: Facts, signer: KeyObject): string {
  const now = Date.now();
  const algorithm = sequence(ECDSA_WITH_SHA256);
  const content = sequence(
    der(0xa0, der(0x02, Buffer.of(2))), // version 3
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(15)])),
    algorithm,
    nameOf(issuer),
    sequence(time(now - 60_000), time(now + 3_600_000)),
    nameOf(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(isAuthority ? BASIC_CONSTRAINTS_CA : ALTERNATIVE_NAMES)),
  );
  const signature = der(0x03, Buffer.of(0), sign("sha256", content, signer));
  const lines =
    sequence(content, algorithm, signature)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

/** Tag, length, value. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  if (length > 0xffff) throw new RangeError("too long for a certificate of these trials");
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...size), value]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, "hex"));
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid("550403"), der(0x0c, Buffer.from(commonName)))));
}

/** A UTCTime, which is for years before 2050. */
function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/\D/g, "").slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

const ECDSA_WITH_SHA256 = oid("2a8648ce3d040302");
/** Critical: it is an authority. */
const BASIC_CONSTRAINTS_CA = sequence(
  oid("551d13"),
  der(0x01, Buffer.of(0xff)),
  der(0x04, sequence(der(0x01, Buffer.of(0xff)))),
);
const ALTERNATIVE_NAMES = sequence(
  oid("551d11"),
  der(
    0x04,
    sequence(
      der(0x82, Buffer.from("localhost")),
      der(0x87, Buffer.of(127, 0, 0, 1)),
      der(0x87, Buffer.concat([Buffer.alloc(15), Buffer.of(1)])),
    ),
  ),
);

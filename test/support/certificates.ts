/** Certificates for tests, made when asked for: an authority, and leaves that it signs. */
import "reflect-metadata";
import { webcrypto } from "node:crypto";

import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  cryptoProvider,
  type X509Certificate,
} from "@peculiar/x509";

cryptoProvider.set(webcrypto as never); // the same interface, declared twice

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;

/** A certificate and its key, in PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** What a leaf is for. */
export interface LeafInit {
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  readonly commonName?: string;
  /** It has expired. */
  readonly isExpired?: boolean;
}

/** A certificate authority. */
export class Authority {
  /** Its own certificate, in PEM. */
  readonly pem: string;
  readonly #certificate: X509Certificate;
  readonly #keys: webcrypto.CryptoKeyPair;
  #serial = 1;

  private constructor(certificate: X509Certificate, keys: webcrypto.CryptoKeyPair) {
    this.#certificate = certificate;
    this.#keys = keys;
    this.pem = certificate.toString("pem");
  }

  /** A new authority of this name. */
  static async create(name: string = "Test CA"): Promise<Authority> {
    const keys = await newKeys();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: "01",
      name: `CN=${name}`,
      notBefore: new Date(Date.now() - DAY_MS),
      notAfter: new Date(Date.now() + DAY_MS),
      signingAlgorithm: ALGORITHM,
      keys: keys as never, // the same interface, declared twice
      extensions: [
        new BasicConstraintsExtension(true, 1, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      ],
    });
    return new Authority(certificate, keys);
  }

  /** A certificate for a server or a client. */
  async issue({
    names = [],
    addresses = [],
    commonName = "leaf",
    isExpired = false,
  }: LeafInit = {}): Promise<KeyPair> {
    const keys = await newKeys();
    this.#serial++;
    const certificate = await X509CertificateGenerator.create({
      serialNumber: this.#serial.toString(16).padStart(2, "0"),
      subject: `CN=${commonName}`,
      issuer: this.#certificate.subject,
      notBefore: new Date(Date.now() - 2 * DAY_MS),
      notAfter: new Date(Date.now() + (isExpired ? -DAY_MS : DAY_MS)),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey as never, // the same interface, declared twice
      signingKey: this.#keys.privateKey as never,
      extensions: [
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension([
          ...names.map((value) => ({ type: "dns", value }) as const),
          ...addresses.map((value) => ({ type: "ip", value }) as const),
        ]),
      ],
    });
    const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return { cert: certificate.toString("pem"), key: PemConverter.encode(pkcs8, "PRIVATE KEY") };
  }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

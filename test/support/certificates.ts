/** Certificates for tests, made when asked for: an authority, and leaves that it signs. */
import "reflect-metadata";
import { createHash, webcrypto, X509Certificate as NodeCertificate } from "node:crypto";

import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
  cryptoProvider,
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
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    return new Authority(certificate, keys);
  }

  /** A list of revoked certificates, in PEM. */
  async revoke(...pairs: readonly KeyPair[]): Promise<string> {
    const list = await X509CrlGenerator.create({
      issuer: this.#certificate.subject,
      thisUpdate: new Date(Date.now() - DAY_MS),
      nextUpdate: new Date(Date.now() + DAY_MS),
      signingAlgorithm: ALGORITHM,
      signingKey: this.#keys.privateKey as never, // the same interface, declared twice
      entries: pairs.map(({ cert }) => ({
        serialNumber: new X509Certificate(cert).serialNumber,
        revocationDate: new Date(Date.now() - DAY_MS),
      })),
    });
    // OpenSSL knows them by another label.
    return list.toString("pem").replaceAll(/(BEGIN|END) CRL/g, "$1 X509 CRL");
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

/** A certificate that nobody but itself vouches for. */
export async function selfSigned({ names = [], addresses = [] }: LeafInit): Promise<KeyPair> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=self-signed",
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys: keys as never, // the same interface, declared twice
    extensions: [
      new SubjectAlternativeNameExtension([
        ...names.map((value) => ({ type: "dns", value }) as const),
        ...addresses.map((value) => ({ type: "ip", value }) as const),
      ]),
    ],
  });
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return { cert: certificate.toString("pem"), key: PemConverter.encode(pkcs8, "PRIVATE KEY") };
}

/** The pins that a certificate fits, each taken another way than the transport takes it. */
export function pinsOf({ cert }: KeyPair): { readonly key: string; readonly certificate: string } {
  const spki = new X509Certificate(cert).publicKey.rawData;
  return {
    key: `sha256/${createHash("sha256").update(new Uint8Array(spki)).digest("base64")}`,
    certificate: new NodeCertificate(cert).fingerprint256,
  };
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

/** A PKCS #12 file of `CN=from a pfx`, a certificate for tests that is good for a hundred years: nothing here can write one. */
export const pfxFile: { readonly bytes: Uint8Array; readonly passphrase: string } = {
  passphrase: "test-pfx-passphrase",
  bytes: Buffer.from(
    `
    MIIEDAIBAzCCA8IGCSqGSIb3DQEHAaCCA7MEggOvMIIDqzCCAmIGCSqGSIb3DQEHBqCCAlMwggJPAgEAMIICSAYJKoZIhvcNAQcB
    MFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAj4A84S7hh9EwICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEPaR
    tWM0Tx42vEaUUeXAQUmAggHgX2k12idIa24ivOJYJisyuF4GRPyFS1bUSQbjtbkzUgSE9DepNU0D5cQURUkEDxZ2Grbypk1kZrRb
    iSk7jaqov05hVyVt5baKWbdh5sLJfvMfzPQqrFsB5opwMgi1BzFmcZdgpxYKFli3xoQWaht5ptmRl/Mc70R5BW8VIqJcaHiNgsw6
    oxSOP71764dnRC8TBctNyzro9PoaVg8hvmzJRZ/BeR3F2oJ0u9tGKKTGi+YE5pdBzaNRzDmMlCfXEJ5piT/urNYGEXNGsVIHPtRE
    nZW3Sj1vqQkDtIQQULiCS7kuf6B9pQpiFz8K2CGzLUjNkvtAH7z0Z2aejoCdq4yPLC8GFeMmWTKJyi0Sdaf79tfw96e4VNdoli4s
    lecuPdhd6l9Bt+c+pttXNWLkDEyX6+egltAZPRn+FOQt6MQCOgNxTvSehACmKT00WhyxNtxCdnsqnMVSM2YB7DtQAZ06nO4KteWM
    JvudW5rYSf7pa2CMIRX7oV5u5W8LtR6aAKqSqzILG3NNvmF+L2A6v7J0SAO9uqqZpvYmzm2aPt019CLST9DyxDfWdkY+bMH49etT
    DHv9TfGsm+17LqpejnVdUDXeF1axUlwZFcTilgVOJqsPk38ype+johgBAJ79xBwxMIIBQQYJKoZIhvcNAQcBoIIBMgSCAS4wggEq
    MIIBJgYLKoZIhvcNAQwKAQKgge8wgewwVwYJKoZIhvcNAQUNMEowKQYJKoZIhvcNAQUMMBwECF2lE8iS/LwXAgIIADAMBggqhkiG
    9w0CCQUAMB0GCWCGSAFlAwQBKgQQEjX8XW1Z+mrce2wtDvO1tASBkHYquOj2kyQDUQH0LkbfdTWkBmUkoNbO91GLMy430LwrAP7M
    GAkbyUDbhR51NgZZBZaLYIgbOcwh82fRwIaLeV2QbMczgLJVv6f9HwgHz5obS9fi9pfqxSKBO7DrRFJEu9GW+RhL5dnCSHIYjZwb
    cqu//3Uurcv0CbmobU/G7cZm94KWVfvJVRHigtK1C+g9RDElMCMGCSqGSIb3DQEJFTEWBBR1Bb6zZCxkgr7Qg3ehyuYlC7bq6jBB
    MDEwDQYJYIZIAWUDBAIBBQAEINQzPQ01i7gij3/xRoGXbGL2WbPDtBASqHY0i1OUpWbMBAi4F8YSTu+8jgICCAA=
    `,
    "base64",
  ),
};

/**
 * A TLS server for the quickstart, with certificates made on the spot: a CA, a server and a client.
 */
import "reflect-metadata";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { webcrypto } from "node:crypto";
import type { TLSSocket } from "node:tls";
import * as x509 from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const validity = { notBefore: new Date(Date.now() - 3_600_000), notAfter: new Date(Date.now() + 3_600_000) };

/** A server that asks for a client certificate, and tells whose it saw. */
export interface TlsServer extends AsyncDisposable {
  readonly url: string;
  readonly ca: string;
  readonly clientCert: string;
  readonly clientKey: string;
}

export async function startTlsServer(): Promise<TlsServer> {
  x509.cryptoProvider.set(crypto);
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=quickstart CA",
    keys,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  const issue = (serialNumber: string, name: string, san: x509.JsonGeneralNames) =>
    issued({ ca, keys, serialNumber, name, san });
  const leaf = await issue("02", "CN=127.0.0.1", [{ type: "ip", value: "127.0.0.1" }]);
  const client = await issue("03", "CN=quickstart client", [{ type: "dns", value: "client.test" }]);

  const options = {
    cert: leaf.cert,
    key: leaf.key,
    ca: ca.toString("pem"),
    requestCert: true,
    rejectUnauthorized: true,
  };
  const server = createServer(options, (request, response) => {
    const { subject } = (request.socket as TLSSocket).getPeerCertificate();
    response.end(JSON.stringify({ client: subject.CN }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: ca.toString("pem"),
    clientCert: client.cert,
    clientKey: client.key,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Wish {
  readonly ca: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly serialNumber: string;
  readonly name: string;
  readonly san: x509.JsonGeneralNames;
}

async function issued(wish: Wish): Promise<{ cert: string; key: string }> {
  const pair = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: wish.serialNumber,
    subject: wish.name,
    issuer: wish.ca.subject,
    publicKey: pair.publicKey,
    signingKey: wish.keys.privateKey,
    signingAlgorithm: algorithm,
    ...validity,
    extensions: [new x509.SubjectAlternativeNameExtension(wish.san)],
  });
  const key = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  return { cert: certificate.toString("pem"), key: x509.PemConverter.encode(key, "PRIVATE KEY") };
}

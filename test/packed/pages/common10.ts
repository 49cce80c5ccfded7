// A program that is CommonJS, as `npm init` makes it, where modules are found as Node 10 found them.
import { Session, HTTPError, type RequestOptions } from "sojourn";
import { detectCharset } from "sojourn/charset";
import { oauth2ClientCredentials } from "sojourn/oauth2";
import testing = require("sojourn/testing");

export class Client {
  readonly session: Session = new Session({ detectEncoding: detectCharset });

  page(path: string, options?: RequestOptions): Promise<string> {
    return this.session.get(path, options).text();
  }
}
export const token = oauth2ClientCredentials({ clientId: "a", clientSecret: "b", issuer: "https://a.test" });
export const server = testing.startTestServer({ port: 0 });
export const failed = (error: unknown): number | null =>
  error instanceof HTTPError ? (error.response?.status ?? null) : null;

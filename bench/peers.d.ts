/**
 * The little of each peer that is used here, declared by hand: types are checked without the peers, too, which only
 * `npm run bench` installs. (undici is a dependency of sojourn and has its own.)
 */
declare module "axios" {
  export interface AxiosConfig {
    readonly responseType?: "text" | "stream" | "arraybuffer";
    readonly maxRedirects?: number;
    readonly httpAgent?: unknown;
    readonly httpsAgent?: unknown;
    readonly jar?: unknown;
  }
  export interface AxiosInstance {
    get<Data>(url: string, config?: AxiosConfig): Promise<{ readonly data: Data }>;
    post<Data>(url: string, body: unknown, config?: AxiosConfig): Promise<{ readonly data: Data }>;
  }
  const axios: { create(config: AxiosConfig): AxiosInstance };
  export default axios;
}

declare module "axios-cookiejar-support" {
  import type { AxiosInstance } from "axios";
  export function wrapper(instance: AxiosInstance): AxiosInstance;
}

declare module "fetch-cookie" {
  const makeFetchCookie: (fetch: unknown, jar: unknown) => unknown;
  export default makeFetchCookie;
}

declare module "got" {
  export interface Options {
    readonly agent?: unknown;
    readonly cookieJar?: unknown;
    readonly http2?: boolean;
    readonly json?: unknown;
    readonly body?: unknown;
  }
  interface Reply {
    text(): Promise<string>;
    json(): Promise<unknown>;
    buffer(): Promise<Uint8Array>;
  }
  const got: {
    extend(options: Options): typeof got;
    get(url: string): Reply;
    post(url: string, options: Options): Reply;
    stream(url: string): AsyncIterable<Uint8Array>;
  };
  export default got;
}

declare module "ky" {
  interface Reply extends Promise<Response> {
    text(): Promise<string>;
    json(): Promise<unknown>;
    arrayBuffer(): Promise<ArrayBuffer>;
  }
  const ky: {
    create(): typeof ky;
    get(url: string): Reply;
    post(url: string, options: object): Reply;
  };
  export default ky;
}

declare module "tough-cookie" {
  export class CookieJar {
    setCookieSync(line: string, url: string): unknown;
    getCookieStringSync(url: string): string;
  }
}

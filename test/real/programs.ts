/**
 * The real servers, and how each is set up: squid (http proxy), dante (SOCKS5), nginx (TLS, HTTP/2, gzip), nghttpd (HTTP/2).
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Program } from "./processes.ts";

/**
 * squid as a forward proxy. With a scheme it wants credentials: user `user`, password `pa:ss` (`pass` for Digest).
 *
 * @param how.nonceUses so often a nonce of Digest is good. Default: squid's own, 50.
 */
export function squid({
  scheme,
  nonceUses = 50,
}: {
  readonly scheme: "basic" | "digest" | null;
  readonly nonceUses?: number;
}): Program {
  const digest = execFileSync("openssl", ["passwd", "-6", "-salt", "sojourn", "pa:ss"], {
    encoding: "utf8",
  }).trim();
  const helper = scheme === "digest" ? "digest_file_auth" : "basic_ncsa_auth";
  const auth = (folder: string): string =>
    [
      `auth_param ${scheme} program /usr/lib/squid/${helper} ${join(folder, "users")}`,
      `auth_param ${scheme} realm proxy`,
      scheme === "digest" ? `auth_param digest nonce_max_count ${nonceUses}` : "",
      "acl known proxy_auth REQUIRED",
      "http_access deny !known",
    ].join("\n");
  return {
    name: scheme === null ? "squid" : `squid-with-${scheme}`,
    files: (port, folder) => ({
      users: scheme === "digest" ? "user:pass\n" : `user:${digest}\n`,
      "squid.conf": [
        `http_port 127.0.0.1:${port}`,
        `pid_filename ${join(folder, "squid.pid")}`,
        "access_log none",
        "cache_log /dev/null",
        "cache deny all",
        "shutdown_lifetime 0 seconds",
        "cache_effective_user proxy",
        "dns_nameservers 127.0.0.1",
        "pinger_enable off",
        scheme === null ? "" : auth(folder),
        "acl loopback dst 127.0.0.0/8",
        "http_access deny !loopback",
        "http_access allow all",
        "",
      ].join("\n"),
    }),
    // -n: several squids on one machine need names, or they meet in shared memory.
    command: (port, folder) => [
      "/usr/sbin/squid",
      "-N",
      "-n",
      `sojourn${port}`,
      "-f",
      join(folder, "squid.conf"),
    ],
  };
}

/** dante as a SOCKS5 proxy without credentials. */
export const dante: Program = {
  name: "dante",
  files: (port, folder) => ({
    "danted.conf": [
      "logoutput: stdout",
      `internal: 127.0.0.1 port = ${port}`,
      "external: lo",
      "clientmethod: none",
      "socksmethod: none",
      "user.unprivileged: nobody",
      "client pass { from: 127.0.0.0/8 to: 0.0.0.0/0 }",
      "socks pass { from: 127.0.0.0/8 to: 127.0.0.0/8 log: connect }",
      "",
    ].join("\n"),
    note: folder,
  }),
  command: (port, folder) => [
    "/usr/sbin/danted",
    "-f",
    join(folder, "danted.conf"),
    "-p",
    join(folder, `danted${port}.pid`),
  ],
};

/** nginx with TLS and, for whom it is offered, HTTP/2. `cert` and `key` are PEM. */
export function nginx(tls: { readonly cert: string; readonly key: string; readonly ca: string }): Program {
  return {
    name: "nginx",
    files: (port, folder) => ({
      "cert.pem": tls.cert,
      "key.pem": tls.key,
      "ca.pem": tls.ca,
      "index.html": "<h1>nginx</h1>\n".repeat(200),
      "nginx.conf": [
        "daemon off; master_process off; error_log stderr warn;",
        `pid ${join(folder, "nginx.pid")};`,
        "events {}",
        "http {",
        "  access_log off;",
        `  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};`,
        `  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};`,
        "  gzip on; gzip_types text/plain; default_type text/html;",
        "  server {",
        `    listen 127.0.0.1:${port} ssl http2;`,
        `    ssl_certificate ${join(folder, "cert.pem")}; ssl_certificate_key ${join(folder, "key.pem")};`,
        `    ssl_client_certificate ${join(folder, "ca.pem")}; ssl_verify_client optional;`,
        `    root ${folder};`,
        '    location = /protocol { return 200 "$server_protocol $ssl_client_verify"; }',
        "    location = /go { return 302 /index.html; }",
        '    location = /set { add_header Set-Cookie "n=1; Path=/"; return 204; }',
        '    location = /cookie { return 200 "$http_cookie"; }',
        "  }",
        "}",
        "",
      ].join("\n"),
    }),
    command: (_port, folder) => ["/usr/sbin/nginx", "-p", folder, "-c", join(folder, "nginx.conf")],
  };
}

/** What a server shows, in PEM, and whom its certificate is from. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** nginx as a server of these files over HTTP/2, which stores what is put below `/store/`. */
export function nginxOverHttp2(tls: ServerTls, files: Readonly<Record<string, Uint8Array>>): Program {
  return storing(tls, files, ["http2_max_concurrent_streams 8;"]);
}

/** The same, with connections that take five requests each. */
export function keepsFew(tls: ServerTls, files: Readonly<Record<string, Uint8Array>>): Program {
  return storing(tls, files, ["keepalive_requests 5;"]);
}

function storing(
  tls: ServerTls,
  files: Readonly<Record<string, Uint8Array>>,
  settings: readonly string[],
): Program {
  return {
    name: "nginx-http2",
    files: (port, folder) => ({
      ...files,
      "cert.pem": tls.cert,
      "key.pem": tls.key,
      "nginx.conf": [
        "daemon off; master_process off; error_log stderr crit;",
        `pid ${join(folder, "nginx.pid")};`,
        "events {}",
        "http {",
        "  access_log off; client_max_body_size 10m;",
        `  client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};`,
        `  uwsgi_temp_path ${folder}; scgi_temp_path ${folder};`,
        "  server {",
        `    listen 127.0.0.1:${port} ssl http2;`,
        ...settings.map((setting) => `    ${setting}`),
        `    ssl_certificate ${join(folder, "cert.pem")}; ssl_certificate_key ${join(folder, "key.pem")};`,
        `    root ${folder};`,
        "    location /store/ { dav_methods PUT; create_full_put_path on; }",
        "    location /small/ { dav_methods PUT; create_full_put_path on; client_max_body_size 50k; }",
        "  }",
        "}",
        "",
      ].join("\n"),
    }),
    command: (_port, folder) => ["/usr/sbin/nginx", "-p", folder, "-c", join(folder, "nginx.conf")],
  };
}

/** nghttpd: the HTTP/2 server of nghttp2. */
export function nghttpd(
  tls: { readonly cert: string; readonly key: string },
  files: Readonly<Record<string, Uint8Array>> = {},
): Program {
  return {
    name: "nghttpd",
    files: () => ({ ...files, "cert.pem": tls.cert, "key.pem": tls.key, large: "x".repeat(1_000_000) }),
    command: (port, folder) => [
      "/usr/sbin/nghttpd",
      "--address=127.0.0.1",
      `--htdocs=${folder}`,
      String(port),
      join(folder, "key.pem"),
      join(folder, "cert.pem"),
    ],
  };
}

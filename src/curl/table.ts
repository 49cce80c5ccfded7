/**
 * The options of curl, as of its version 8.17: their names, letters, and whether they take a value (`src/tool_getparam.c` of
 * curl). Those that mean nothing to a request here say why.
 */

/** What an option takes: nothing; nothing, but `--no-NAME` turns it off; a value. */
type Takes = "nothing" | "switch" | "value";

/** An option of curl. */
export interface CurlOption {
  readonly name: string;
  readonly takes: Takes;
  /** Why it is not taken over; `null` for one that is. */
  readonly reason: string | null;
}

/** Options with one reason. `name/x` has the letter `x`. */
interface Group {
  readonly reason: string | null;
  readonly nothing?: string;
  readonly switches?: string;
  readonly values?: string;
}

const GROUPS: readonly Group[] = [
  {
    reason: null,
    nothing: "anyauth http1.1 http2 http2-prior-knowledge next/: tlsv1/1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3",
    switches: `basic ca-native compressed digest disable/q follow form-escape get/G globoff/g head/I insecure/k
      location/L location-trusted negotiate netrc/n netrc-optional ntlm ntlm-wb path-as-is proxy-anyauth proxy-basic
      proxy-digest proxy-negotiate proxy-ntlm retry-all-errors retry-connrefused`,
    values: `aws-sigv4 cacert capath cert/E cert-type ciphers config/K connect-timeout connect-to continue-at/C cookie/b crlfile
      data/d data-ascii data-binary data-raw data-urlencode expect100-timeout form/F form-string header/H json key
      max-filesize max-time/m noproxy oauth2-bearer pass pinnedpubkey proto-default proxy/x proxy-header proxy-user/U
      proxy1.0 range/r referer/e request/X request-target resolve retry retry-delay socks4 socks4a socks5
      socks5-hostname tls-max upload-file/T url url-query user/u user-agent/A`,
  },
  {
    reason: "it is about what curl prints and where it writes it",
    nothing: "dump-ca-embed",
    switches: `buffer/N clobber create-dirs include manual/M out-null progress-bar/# progress-meter raw
      remote-header-name/J remote-time/R remove-on-error show-error/S show-headers/i silent/s skip-existing
      styled-output suppress-connect-headers trace-ids trace-time use-ascii/B verbose/v version/V xattr`,
    values: `create-file-mode dump-header/D etag-compare etag-save help/h libcurl output-dir stderr trace trace-ascii
      trace-config write-out/w`,
  },
  {
    reason: "saveTo() of the response writes a file, and session.download() goes on where one broke off",
    switches: "remote-name/O remote-name-all",
    values: "output/o",
  },
  {
    reason: "raiseForStatus() of the response throws for a 4xx or 5xx",
    switches: "fail/f fail-early fail-with-body",
  },
  {
    reason: "a session keeps cookies by itself",
    switches: "junk-session-cookies/j",
    values: "cookie-jar/c",
  },
  {
    reason: "a session has maxRedirects: new Session({ maxRedirects })",
    values: "max-redirs",
  },
  {
    reason: "the method of a redirected request follows RFC 9110 §15.4",
    switches: "post301 post302 post303",
  },
  {
    reason: "requests go by http: and https: only, and hooks see each redirect",
    switches: "disallow-username-in-url",
    values: "proto proto-redir",
  },
  {
    reason: "it is about how connections are made: some of it is an option of HttpAdapter",
    nothing: "ipv4/4 ipv6/6",
    switches: "doh-cert-status doh-insecure haproxy-protocol keepalive mptcp tcp-fastopen tcp-nodelay",
    values: `dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url
      happy-eyeballs-timeout-ms haproxy-clientip interface ip-tos keepalive-cnt keepalive-time local-port
      vlan-priority`,
  },
  {
    reason:
      "without it the request goes to the host of the URL: session.mount(url, new HttpAdapter({ socketPath })) connects to a socket",
    values: "abstract-unix-socket unix-socket",
  },
  {
    reason: "TLS has no such setting here",
    nothing: "sslv2/2 sslv3/3",
    switches: `alpn cert-status false-start npn sessionid ssl-allow-beast ssl-auto-client-cert ssl-no-revoke
      ssl-revoke-best-effort tls-earlydata`,
    values: `curves ech egd-file engine key-type random-file sigalgs ssl-sessions tls13-ciphers tlsauthtype tlspassword
      tlsuser`,
  },
  {
    reason: "TLS with a proxy has no settings of its own here",
    nothing: "proxy-tlsv1",
    switches: "proxy-ca-native proxy-insecure proxy-ssl-allow-beast proxy-ssl-auto-client-cert",
    values: `proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-key proxy-key-type
      proxy-pass proxy-pinnedpubkey proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser`,
  },
  {
    reason: "there is no such auth here: Basic, Digest and Bearer are",
    switches: "sasl-ir socks5-basic socks5-gssapi socks5-gssapi-nec",
    values: `delegation krb krb4 login-options proxy-service-name sasl-authzid service-name
      socks5-gssapi-service`,
  },
  {
    reason:
      "proxies are used in one way here: forwarding for http:, a tunnel for https:, no proxy before another",
    switches: "proxy-http2 proxytunnel/p",
    values: "preproxy",
  },
  {
    reason: "it is about how curl runs its transfers",
    switches: "parallel/Z parallel-immediate",
    values: `limit-rate parallel-max parallel-max-host rate retry-max-time speed-limit/Y speed-time/y`,
  },
  {
    reason: "requests are made by HTTP/1.1, or by HTTP/2 where http2 says so",
    nothing: "http1.0/0 http3 http3-only",
    switches: "http0.9",
  },
  {
    reason: "there is no such thing here",
    switches: "ignore-content-length tr-encoding",
    values: "alt-svc hsts netrc-file time-cond/z variable",
  },
  {
    reason: "it is for other protocols than HTTP",
    nothing: "ftp-pasv",
    switches: `append/a compressed-ssh crlf disable-eprt disable-epsv eprt epsv ftp-create-dirs ftp-pret
      ftp-skip-pasv-ip ftp-ssl ftp-ssl-ccc ftp-ssl-control ftp-ssl-reqd list-only/l mail-rcpt-allowfails metalink ssl
      ssl-reqd tftp-no-options`,
    values: `ftp-account ftp-alternative-to-user ftp-method ftp-port/P ftp-ssl-ccc-mode hostpubmd5 hostpubsha256
      ipfs-gateway knownhosts mail-auth mail-from mail-rcpt pubkey quote/Q telnet-option/t tftp-blksize upload-flags`,
  },
];

const byName = new Map<string, CurlOption>();
const byLetter = new Map<string, CurlOption>();

for (const { reason, nothing = "", switches = "", values = "" } of GROUPS) {
  add(nothing, "nothing", reason);
  add(switches, "switch", reason);
  add(values, "value", reason);
}

function add(names: string, takes: Takes, reason: string | null): void {
  for (const written of names.split(/\s+/)) {
    const [name = "", letter] = written.split("/");
    if (name === "") continue;
    const option = { name, takes, reason };
    byName.set(name, option);
    if (letter !== undefined) byLetter.set(letter, option);
  }
}

/** All names. */
export function curlOptionNames(): string[] {
  return [...byName.keys()];
}

/** The option of a letter; `undefined` when there is none. */
export function shortOption(letter: string): CurlOption | undefined {
  return byLetter.get(letter);
}

/** The options that a name may mean: it may be cut off, and its case does not matter. None: it is unknown. */
export function longOptions(written: string): readonly CurlOption[] {
  const name = written.toLowerCase();
  const exact = byName.get(name);
  if (exact !== undefined) return [exact];
  return name === "" ? [] : [...byName.values()].filter((option) => option.name.startsWith(name));
}

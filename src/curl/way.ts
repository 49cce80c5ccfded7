/** Options of the way: URL, redirects, times, retries, proxies and TLS. */
import type { TlsInit } from "../core/options.ts";
import type { Given } from "./arguments.ts";
import type { Draft, Taker, World } from "./draft.ts";
import { milliseconds, NO_SUCH_AUTH, wholeNumber } from "./message.ts";
import { textOf } from "./source.ts";

function text(given: Given, world: World): string {
  return textOf(given.value) ?? world.fail(given, `${given.shown} must be UTF-8`);
}

function addTls(draft: Draft, tls: TlsInit): void {
  draft.options.tls = { ...draft.options.tls, ...tls };
}

function tlsVersion(version: "TLSv1.2" | "TLSv1.3"): Taker {
  return (draft) => addTls(draft, { minVersion: version });
}

/** Versions before 1.2 are not spoken; from 1.2 on is what holds anyway. */
const olderTls: Taker = (_, given, world) => world.ignore(given, "TLS is spoken from version 1.2 on");

function proxyOf(scheme: string): Taker {
  return (draft, given) => {
    draft.proxy = { given, scheme };
  };
}

const proxyDigest: Taker = (draft, { isOn }) => {
  draft.proxyAuth = isOn ? "digest" : "basic";
};

const noProxyAuth: Taker = (draft, given, world) => {
  if (given.isOn && draft.proxyAuth === "basic") draft.proxyAuth = "none";
  world.ignore(given, NO_SUCH_AUTH);
};

const noSocks4: Taker = (_, given, world) => world.ignore(given, "SOCKS is spoken in version 5 only");

const followed: Taker = (draft, { isOn }) => {
  draft.isRedirected = isOn;
};

const UNITS: ReadonlyMap<string, number> = new Map(
  Object.entries({ "": 1, b: 1, k: 1024, m: 1_048_576, g: 1_073_741_824 }),
);
const PIN = /^sha256\/\/([A-Za-z0-9+/]{43}=)$/;

/** `[+]HOST:PORT:ADDRESS[,ADDRESS]…`: a name, and where it leads to. */
const resolve: Taker = (draft, given, world) => {
  const [, host = "", port = "", address = ""] =
    /^\+?(\[[^\]]*\]|[^:]*):(\d{1,5}):(\[[^\]]*\]|[^,]*)/.exec(text(given, world)) ?? [];
  if (given.value.startsWith("-")) world.ignore(given, "no name is remembered that could be forgotten");
  else if (host === "" || address === "") world.fail(given, "--resolve must be HOST:PORT:ADDRESS");
  else draft.routes.push({ given, host, port: Number(port), toHost: bracketed(address), toPort: null });
};

/** `HOST1:PORT1:HOST2:PORT2`, of which each may be empty. */
const connectTo: Taker = (draft, given, world) => {
  const [, host = "", port = "", toHost = "", toPort = ""] =
    /^(\[[^\]]*\]|[^:]*):(\d{0,5}):(\[[^\]]*\]|[^:]*):(\d{0,5})$/.exec(text(given, world)) ??
    world.fail(given, "--connect-to must be HOST1:PORT1:HOST2:PORT2");
  draft.routes.push({
    given,
    host: host === "" ? "*" : host,
    port: port === "" ? null : Number(port),
    toHost: toHost === "" ? null : bracketed(toHost),
    toPort: toPort === "" ? null : Number(toPort),
  });
};

function bracketed(address: string): string {
  return address.includes(":") && !address.startsWith("[") ? `[${address}]` : address;
}

/** `CERTIFICATE[:PASSWORD]`, where `\` takes the meaning from a colon and from itself, and a drive has a colon of its own. */
const certificate: Taker = (draft, given, world) => {
  const value = text(given, world);
  let end = /^[A-Za-z]:[\\/]/.test(value) ? 2 : 0;
  while (end < value.length && value[end] !== ":") end += value[end] === "\\" ? 2 : 1;
  draft.certificate.cert = value.slice(0, end).replaceAll(/\\([\\:])/g, "$1");
  if (end + 1 < value.length) draft.certificate.passphrase = value.slice(end + 1);
};

const pinned: Taker = (draft, given, world) => {
  const pins = text(given, world)
    .split(";")
    .map((pin) => PIN.exec(pin)?.[1]);
  if (pins.includes(undefined))
    world.ignore(given, "the file of a public key is not read: pins are sha256//BASE64");
  else addTls(draft, { pins: pins.map((hash) => `sha256/${hash}`) });
};

/** The options of this file. */
export const wayTakers: Readonly<Record<string, Taker>> = {
  globoff: (draft, { isOn }) => {
    draft.isGlobOff = isOn;
  },
  "path-as-is": (draft, { isOn }) => {
    draft.isPathAsIs = isOn;
  },
  "request-target": (draft, given) => {
    draft.requestTarget = given;
  },
  "proto-default": (draft, given, world) => {
    const scheme = given.value.toLowerCase();
    if (scheme !== "http" && scheme !== "https") world.fail(given, "--proto-default must be http or https");
    draft.defaultScheme = scheme;
  },
  resolve,
  "connect-to": connectTo,
  // Nothing is read from a file of defaults.
  disable: () => undefined,
  location: followed,
  follow: followed,
  "location-trusted": (draft, given, world) => {
    draft.isRedirected = given.isOn;
    if (given.isOn) world.ignore(given, "credentials go to no other origin, unless trustedOrigins names it");
  },
  "max-time": (draft, given, world) => {
    draft.totalMs = milliseconds(given, world);
  },
  "connect-timeout": (draft, given, world) => {
    draft.connectMs = milliseconds(given, world);
  },
  "max-filesize": (draft, given, world) => {
    const [, digits = "", unit = ""] = /^(\d{1,15})([bkmg]?)$/i.exec(given.value) ?? [];
    const bytes = Number(digits) * (UNITS.get(unit.toLowerCase()) ?? 1);
    if (digits === "" || !Number.isSafeInteger(bytes))
      world.fail(given, "--max-filesize must be a number of bytes");
    draft.options.maxBodyBytes = bytes;
  },
  retry: (draft, given, world) => {
    draft.retries = { count: wholeNumber(given, world), given };
  },
  "retry-delay": (draft, given, world) => {
    draft.retryDelayMs = milliseconds(given, world);
  },
  "retry-all-errors": (draft, { isOn }) => {
    draft.isRetriedAlways = isOn;
  },
  // A connection that was refused is always tried again.
  "retry-connrefused": () => undefined,
  "http1.1": (draft) => {
    draft.options.http2 = false;
  },
  http2: (draft) => {
    draft.options.http2 = true;
  },
  "http2-prior-knowledge": (draft, given, world) => {
    draft.options.http2 = true;
    world.ignore(given, "HTTP/2 is agreed upon within TLS; http: URLs are requested by HTTP/1.1");
  },
  proxy: proxyOf("http"),
  "proxy1.0": proxyOf("http"),
  socks5: proxyOf("socks5"),
  "socks5-hostname": proxyOf("socks5h"),
  socks4: noSocks4,
  socks4a: noSocks4,
  "proxy-user": (draft, given) => {
    draft.proxyUser = given;
  },
  "proxy-basic": (draft) => {
    draft.proxyAuth = "basic";
  },
  "proxy-digest": proxyDigest,
  "proxy-anyauth": proxyDigest,
  "proxy-negotiate": noProxyAuth,
  "proxy-ntlm": noProxyAuth,
  noproxy: (draft, given, world) => {
    draft.noProxy = text(given, world);
  },
  insecure: (draft, { isOn }) => {
    draft.options.verify = !isOn;
  },
  cacert: (draft, given, world) => {
    draft.options.verify = text(given, world);
  },
  capath: (draft, given, world) => {
    draft.options.verify = text(given, world);
  },
  "ca-native": (draft, { isOn }) => {
    if (isOn) addTls(draft, { store: "system" });
  },
  crlfile: (draft, given, world) => addTls(draft, { crl: text(given, world) }),
  ciphers: (draft, given, world) => addTls(draft, { ciphers: text(given, world) }),
  pinnedpubkey: pinned,
  tlsv1: olderTls,
  "tlsv1.0": olderTls,
  "tlsv1.1": olderTls,
  "tlsv1.2": tlsVersion("TLSv1.2"),
  "tlsv1.3": tlsVersion("TLSv1.3"),
  "tls-max": (draft, given, world) => {
    if (given.value === "1.2") addTls(draft, { maxVersion: "TLSv1.2" });
    else if (given.value === "1.3" || given.value === "default") addTls(draft, { maxVersion: "TLSv1.3" });
    else olderTls(draft, given, world);
  },
  cert: certificate,
  "cert-type": (draft, given) => {
    draft.certificate.type = given.value.toUpperCase();
  },
  key: (draft, given, world) => {
    draft.certificate.key = text(given, world);
  },
  pass: (draft, given, world) => {
    draft.certificate.passphrase = text(given, world);
  },
};

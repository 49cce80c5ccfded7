/** What somebody may forget or get wrong who adds an option: planted in a copy, each on its own. */

/** Who has to notice: the compiler, or the test that goes through the table. */
type Watcher = "compiler" | "test of the table";

/** One change of one or several files. */
export interface Planting {
  readonly name: string;
  readonly by: Watcher;
  /** Is in what the watcher says. */
  readonly says: RegExp;
  readonly edits: readonly Edit[];
}

/** In a file: what stands there once, and what is put in its place. */
type Edit = readonly [file: string, from: string, to: string];

const OPTIONS = "src/core/options.ts";
const SETTINGS = "src/options/settings.ts";
const TABLE = "src/options/table.ts";
const FIELDS = "src/session/fields.ts";
const TEST = "test/options/table.test.ts";

const declared: Edit = [
  OPTIONS,
  "  http2?: boolean | undefined;",
  "  http2?: boolean | undefined;\n  /** Most trailers. Default: 5. */\n  maxTrailers?: number | undefined;",
];
const row: Edit = [
  TABLE,
  "  maxCodings: {",
  "  maxTrailers: { at: anywhere, initial: 5, read: asIs(count) },\n  maxCodings: {",
];
const tested: Edit = [
  TEST,
  "  maxCodings: {",
  '  maxTrailers: { value: 7, reaches: setting("maxTrailers"), becomes: 7, wrong: 1.5 },\n  maxCodings: {',
];

/** Each must be noticed; but for the first, which forgets nothing. */
export const complete: readonly Edit[] = [declared, row, tested];

/** All of them. */
export const plantings: readonly Planting[] = [
  {
    name: "an option without a row",
    by: "compiler",
    says: /'maxTrailers' is missing.*Rows/s,
    edits: [declared, tested],
  },
  { name: "a row without an option", by: "compiler", says: /maxTrailers/, edits: [row] },
  {
    name: "a row that is gone",
    by: "compiler",
    says: /'maxCodings' is missing.*Rows/s,
    edits: [[TABLE, "  maxCodings: {", "  // maxCodings: {"]],
  },
  { name: "no row in the test", by: "compiler", says: /'maxTrailers' is missing/, edits: [declared, row] },
  {
    name: "an option of the session alone without a row",
    by: "compiler",
    says: /'retryOn' is missing.*Rows/s,
    edits: [
      [
        OPTIONS,
        "  baseUrl?:",
        "  /** x */\n  retryOn?: boolean | undefined;\n  baseUrl?:",
      ],
    ],
  },
  {
    name: "an option of a request alone without a row",
    by: "compiler",
    says: /'trailers' is missing.*Rows/s,
    edits: [
      [
        OPTIONS,
        "  json?: unknown;",
        "  json?: unknown;\n  /** x */\n  trailers?: boolean | undefined;",
      ],
    ],
  },
  {
    name: "a row that stands in too few places",
    by: "compiler",
    says: /false.*is not assignable to type.*true/s,
    edits: [[TABLE, "  http2: { at: anywhere,", "  http2: { at: ofTravel,"]],
  },
  {
    name: "a row that stands in too many places",
    by: "compiler",
    says: /true.*is not assignable to type.*false/s,
    edits: [[TABLE, "  signal: { at: ofTravel,", "  signal: { at: anywhere,"]],
  },
  {
    name: "a setting that is checked and kept from the settings",
    by: "compiler",
    says: /'check' does not exist/,
    edits: [
      [
        TABLE,
        "  http2: { at: anywhere, initial: false, read: asIs(flag) },",
        "  http2: { at: anywhere, check: flag },",
      ],
    ],
  },
  {
    name: "an initial value of the wrong kind",
    by: "compiler",
    says: /number.*is not assignable to type.*boolean/s,
    edits: [[TABLE, "  http2: { at: anywhere, initial: false,", "  http2: { at: anywhere, initial: 0,"]],
  },
  {
    name: "a reader of the wrong kind",
    by: "compiler",
    says: /is not assignable to type/,
    edits: [[TABLE, "initial: null, read: readTls }", "initial: null, read: readCert }"]],
  },
  {
    name: "what an option is read into is not said",
    by: "compiler",
    says: /is not assignable to type/,
    edits: [[SETTINGS, "  readonly cert: ClientCertificate | null;\n", ""]],
  },
  {
    name: "what an adapter asks for is no setting",
    by: "compiler",
    says: /maxTrailers/,
    edits: [
      [
        "src/core/adapter.ts",
        "  readonly maxDrainBytes: number;",
        "  readonly maxDrainBytes: number;\n  /** x */\n  readonly maxTrailers: number;",
      ],
    ],
  },
  {
    name: "a row that reads nothing",
    by: "test of the table",
    says: /maxCodings of a (session|request)/,
    edits: [
      [
        TABLE,
        "  maxCodings: { at: anywhere, initial: 5, read: asIs(count) }",
        "  maxCodings: { at: anywhere, initial: 5, read: (_, base) => base }",
      ],
    ],
  },
  {
    name: "a row that checks nothing",
    by: "test of the table",
    says: /maxCodings of a request/,
    edits: [
      [
        TABLE,
        "  maxCodings: { at: anywhere, initial: 5, read: asIs(count) }",
        "  maxCodings: { at: anywhere, initial: 5, read: asIs(body) }",
      ],
    ],
  },
  {
    name: "an own option that nobody checks",
    by: "test of the table",
    says: /trustEnv of a session/,
    edits: [[TABLE, "check: values.trustEnv", "check: body"]],
  },
  {
    name: "a row that forgets null",
    by: "test of the table",
    says: /maxBodyBytes of a (session|request)/,
    edits: [
      [
        TABLE,
        "initial: 268_435_456, read: asIs(limit)",
        "initial: 268_435_456, read: limit === count ? asIs(limit) : asIs(count)",
      ],
    ],
  },
  {
    name: "a message that names another option",
    by: "test of the table",
    says: /proxyHeaders of a request/,
    edits: [[TABLE, "checked(values.headers, readProxyHeaders)", "readProxyHeaders"]],
  },
  {
    name: "a setting under a name that adapters do not know",
    by: "test of the table",
    says: /timeout of a request/,
    edits: [[TABLE, '  ["timeout", "timeouts"],\n', ""]],
  },
  {
    name: "a field that is not made",
    by: "test of the table",
    says: /session's field maxCodings/,
    edits: [
      [
        FIELDS,
        ".filter((name) => !OWN.has(name))",
        '.filter((name) => !OWN.has(name) && name !== "maxCodings")',
      ],
    ],
  },
];

/**
 * Encryption of session files: AES-256-GCM, with a key that is given or made of a passphrase by scrypt (RFC 7914). What stands in the
 * open, such as the revision, is authenticated with it: nobody can change it unseen.
 */
import { mustBe } from "../core/checks.ts";
import { nodeCrypto } from "../core/late.ts";
import { isUint8Array } from "../core/realm.ts";
import { isJsonRecord, lineOf, type JsonRecord } from "./json.ts";
import type { Json } from "../core/session-store.ts";

/** What files are encrypted with: a passphrase, 32 bytes, or a function that gets one of them. */
export type SessionKey = string | Uint8Array | (() => string | Uint8Array | Promise<string | Uint8Array>);

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
/** Of what is made of a secret, so much tells whether the secret is the right one. */
const CHECK_BYTES = 16;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const SALT_BYTES = 16;

/** What scrypt costs: 128 MiB and a few tenths of a second. */
const SCRYPT = { n: 131_072, r: 8, p: 1 } as const;
/** A file that asks for more may be there to make this process stand still. */
const MOST_SCRYPT = { n: 1_048_576, r: 16, p: 4 } as const;
const MOST_MEMORY = 1_073_741_824;

/** How the key was made, and what tells whether it is the right one. */
interface KeyFacts {
  readonly kdf: "scrypt" | "hkdf-sha256";
  readonly salt: string;
  readonly n?: number;
  readonly r?: number;
  readonly p?: number;
}

/** A key that was made, for as long as the file keeps its salt. */
interface MadeKey {
  readonly facts: KeyFacts;
  readonly key: Uint8Array;
  readonly check: string;
}

/** Why a file cannot be deciphered. */
export class CipherError extends Error {
  override readonly name: string = "CipherError";
  readonly problem: "malformed" | "wrong-key" | "tampered";

  constructor(problem: "malformed" | "wrong-key" | "tampered", message: string) {
    super(message);
    this.problem = problem;
  }
}

/** Encrypts and deciphers with one secret. */
export class FileCipher {
  readonly #given: SessionKey;
  #made: MadeKey | null = null;

  /** @throws {TypeError | RangeError} for what can be no key. */
  constructor(given: SessionKey) {
    if (typeof given !== "function") checkSecret(given);
    this.#given = given;
  }

  /** The fields of an encrypted document: `header`, how it was encrypted, and the data. */
  async encrypt(text: string, header: JsonRecord): Promise<JsonRecord> {
    const crypto = nodeCrypto();
    this.#made ??= await this.#make(newFacts(await this.#secret()));
    const { facts, key, check } = this.#made;
    const iv = crypto.randomBytes(IV_BYTES);
    const encryption = { cipher: CIPHER, ...facts, check, iv: iv.toString("base64") };
    const open = { ...header, encryption };
    const cipher = crypto.createCipheriv(CIPHER, key, iv);
    cipher.setAAD(Buffer.from(lineOf(open)));
    const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return { ...open, data: data.toString("base64") };
  }

  /** The text of an encrypted document. @throws {CipherError} */
  async decipher(record: JsonRecord): Promise<string> {
    const { data, ...open } = record;
    const { encryption } = record;
    if (!isJsonRecord(encryption)) throw malformed("encryption is no object");
    if (encryption["cipher"] !== CIPHER)
      throw malformed(`encryption.cipher is not ${JSON.stringify(CIPHER)}`);
    const bytes = base64(data, "data");
    const iv = base64(encryption["iv"], "encryption.iv");
    if (iv.byteLength !== IV_BYTES || bytes.byteLength < TAG_BYTES)
      throw malformed("iv or data is too short");
    const { key, check } = await this.#keyFor(factsIn(encryption));
    if (encryption["check"] !== check)
      throw new CipherError("wrong-key", "the key is not the one that it was written with");
    const decipher = nodeCrypto().createDecipheriv(CIPHER, key, iv);
    decipher.setAAD(Buffer.from(lineOf(open)));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString(
        "utf8",
      );
    } catch {
      throw new CipherError("tampered", "somebody changed it who has not the key");
    }
  }

  /** A key is made once for each salt, and a file keeps its salt. */
  async #keyFor(facts: KeyFacts): Promise<MadeKey> {
    const made = this.#made;
    if (made !== null && lineOf({ ...made.facts }) === lineOf({ ...facts })) return made;
    return (this.#made = await this.#make(facts));
  }

  async #make(facts: KeyFacts): Promise<MadeKey> {
    const bytes = await derived(await this.#secret(), facts);
    const check = Buffer.from(bytes.subarray(KEY_BYTES)).toString("base64");
    return { facts, key: bytes.subarray(0, KEY_BYTES), check };
  }

  async #secret(): Promise<string | Uint8Array> {
    if (typeof this.#given !== "function") return this.#given;
    const secret = await this.#given();
    checkSecret(secret);
    return secret;
  }
}

function checkSecret(secret: unknown): void {
  const isPassphrase = typeof secret === "string" && secret !== "";
  if (isPassphrase || (isUint8Array(secret) && secret.byteLength === KEY_BYTES)) return;
  throw mustBe("key", `a passphrase, ${KEY_BYTES} bytes, or a function that gives one of them`, secret);
}

function newFacts(secret: string | Uint8Array): KeyFacts {
  const salt = nodeCrypto().randomBytes(SALT_BYTES).toString("base64");
  return typeof secret === "string" ? { kdf: "scrypt", ...SCRYPT, salt } : { kdf: "hkdf-sha256", salt };
}

/** What a file says of its key. @throws {CipherError} also for what would cost too much. */
function factsIn({ kdf, salt, n, r, p }: JsonRecord): KeyFacts {
  base64(salt, "encryption.salt");
  const text = salt as string; // base64() has just read it
  if (kdf === "hkdf-sha256") return { kdf, salt: text };
  if (kdf !== "scrypt") throw malformed("encryption.kdf is neither scrypt nor hkdf-sha256");
  const within = (value: Json | undefined, most: number): value is number =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= 1 && value <= most;
  const isFit =
    within(n, MOST_SCRYPT.n) &&
    within(r, MOST_SCRYPT.r) &&
    within(p, MOST_SCRYPT.p) &&
    128 * n * r <= MOST_MEMORY;
  if (!isFit || (n & (n - 1)) !== 0) throw malformed("encryption asks for more of scrypt than is allowed");
  return { kdf, n, r, p, salt: text };
}

async function derived(secret: string | Uint8Array, facts: KeyFacts): Promise<Uint8Array> {
  const crypto = nodeCrypto();
  const salt = Buffer.from(facts.salt, "base64");
  const length = KEY_BYTES + CHECK_BYTES;
  const isPassphrase = typeof secret === "string";
  if (isPassphrase !== (facts.kdf === "scrypt")) {
    const [was, is] = isPassphrase ? ["32 bytes", "a passphrase"] : ["a passphrase", "bytes"];
    throw new CipherError("wrong-key", `it was written with ${was}, and the key is ${is}`);
  }
  if (!isPassphrase)
    return new Uint8Array(crypto.hkdfSync("sha256", secret, salt, "sojourn-session", length));
  const { n = SCRYPT.n, r = SCRYPT.r, p = SCRYPT.p } = facts;
  return await new Promise((resolve, reject) => {
    crypto.scrypt(
      secret.normalize("NFC"),
      salt,
      length,
      { N: n, r, p, maxmem: 2 * MOST_MEMORY },
      (error, key) => {
        // Bun says undefined where Node says null.
        if (error instanceof Error) reject(error);
        else resolve(key);
      },
    );
  });
}

function base64(value: Json | undefined, where: string): Buffer {
  if (typeof value !== "string" || !/^[A-Za-z0-9+/]*={0,2}$/.test(value))
    throw malformed(`${where} is no base64`);
  const bytes = Buffer.from(value, "base64");
  // Other texts are of the same bytes: whoever made one of them changed the file.
  if (bytes.toString("base64") !== value) throw malformed(`${where} is no base64`);
  return bytes;
}

function malformed(why: string): CipherError {
  return new CipherError("malformed", why);
}

/**
 * Field sections as HPACK writes them (RFC 7541): whole for reading, since clients compress; literals alone for writing, since
 * nothing has to be small here.
 */

/** Name, value. */
export type Field = readonly [name: string, value: string];

/** RFC 7541 Appendix A: name and value, or a name alone. */
const STATIC: readonly Field[] =
  `:authority|:method GET|:method POST|:path /|:path /index.html|:scheme http|:scheme https|:status 200|
:status 204|:status 206|:status 304|:status 400|:status 404|:status 500|accept-charset|accept-encoding gzip, deflate|
accept-language|accept-ranges|accept|access-control-allow-origin|age|allow|authorization|cache-control|content-disposition|
content-encoding|content-language|content-length|content-location|content-range|content-type|cookie|date|etag|expect|expires|
from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|link|location|max-forwards|
proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|strict-transport-security|
transfer-encoding|user-agent|vary|via|www-authenticate`
    .replaceAll("\n", "")
    .split("|")
    .map((line) => {
      const blank = line.indexOf(" ");
      return blank === -1 ? [line, ""] : [line.slice(0, blank), line.slice(blank + 1)];
    });

/** RFC 7541 Appendix B: how many bits stand for a byte, and for the end; digits to the base of 36. The code is canonical. */
const BITS =
  "dnsssssssoussussssssssusssssssss6aacd68baa8b8666555666666678f6ca" +
  "d67777777777777777777777878djde6f56565666577666567655677777fbeds" +
  "kmkkmmmnmnnnnnonoomnonnnnlmnmnnomlkmmnnlnmmolmnnllmlnmnnkmmmnmmn" +
  "qqkjmnmpqqqrrqopjlqrrqrollqqsrrrkoklmllnmmppooqnqrqqrrrrrsrrrrrqu";

/** Bytes by the bits that stand for them, with a one in front. */
const BYTES: ReadonlyMap<number, number> = canonical();

function canonical(): Map<number, number> {
  const lengths = Array.from(BITS, (digit) => Number.parseInt(digit, 36));
  const bytes = new Map<number, number>();
  let code = 0;
  for (let length = 5; length <= 30; length++) {
    for (const [byte, own] of lengths.entries()) if (own === length) bytes.set(2 ** length + code++, byte);
    code *= 2;
  }
  return bytes;
}

function unpacked(bytes: Buffer): string {
  let text = "";
  let code = 1;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      const found = BYTES.get(code);
      if (found === undefined) continue;
      text += String.fromCharCode(found);
      code = 1;
    }
  }
  return text;
}

/** What a field takes of the table beside its letters (RFC 7541 §4.1). */
const OVERHEAD = 32;

/** Reads the field sections of one connection, in their order. */
export class HpackReader {
  #most = 4096;
  /** The newest first. */
  readonly #table: Field[] = [];
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  /** The fields of a section. */
  read(section: Buffer): Field[] {
    this.#bytes = section;
    this.#at = 0;
    const fields: Field[] = [];
    while (this.#at < section.length) {
      const first = section.readUInt8(this.#at);
      if (first >= 0x80) fields.push(this.#entry(this.#integer(7)));
      else if (first >= 0x40) fields.push(this.#remember(this.#literal(6)));
      else if (first >= 0x20) this.#resize(this.#integer(5));
      else fields.push(this.#literal(4));
    }
    return fields;
  }

  #entry(index: number): Field {
    const found = STATIC[index - 1] ?? this.#table[index - 1 - STATIC.length];
    if (found === undefined) throw new Error(`the table has no entry ${index}`);
    return found;
  }

  #literal(prefix: number): Field {
    const index = this.#integer(prefix);
    const name = index === 0 ? this.#text() : this.#entry(index)[0];
    return [name, this.#text()];
  }

  #remember(field: Field): Field {
    this.#table.unshift(field);
    this.#resize(this.#most);
    return field;
  }

  #resize(most: number): void {
    this.#most = most;
    let size = this.#table.reduce((sum, [name, value]) => sum + name.length + value.length + OVERHEAD, 0);
    while (size > most) {
      const [name, value] = this.#table.pop() ?? ["", ""];
      size -= name.length + value.length + OVERHEAD;
    }
  }

  #integer(prefix: number): number {
    const most = 2 ** prefix - 1;
    let value = this.#bytes.readUInt8(this.#at++) & most;
    if (value < most) return value;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.#bytes.readUInt8(this.#at++);
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  }

  #text(): string {
    const isPacked = this.#bytes.readUInt8(this.#at) >= 0x80;
    const length = this.#integer(7);
    const bytes = this.#bytes.subarray(this.#at, (this.#at += length));
    return isPacked ? unpacked(bytes) : bytes.toString("latin1");
  }
}

/** A field section of literals that nobody has to remember (RFC 7541 §6.2.2). Text is latin-1. */
export function literals(fields: Iterable<Field>): Buffer {
  const parts: Buffer[] = [];
  for (const [name, value] of fields) parts.push(Buffer.from([0]), text(name), text(value));
  return Buffer.concat(parts);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, "latin1");
  const length = [];
  let rest = bytes.length;
  if (rest < 127) length.push(rest);
  else {
    length.push(127);
    for (rest -= 127; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
    length.push(rest);
  }
  return Buffer.concat([Buffer.from(length), bytes]);
}

/**
 * Bar: draws how far transfers are, one after the other, on one line of a terminal; elsewhere it writes a few lines.
 *
 * Its time is an argument.
 */
import { columnsOf, fitted } from "./width.ts";

/** What is drawn on: a stream such as `process.stderr`. */
export interface BarStream {
  /** Writes text. */
  write(text: string): unknown;
  /** Is it a terminal, on which a line can be drawn anew? Default: `false`. */
  readonly isTTY?: boolean | undefined;
  /** The number of columns of the terminal. Default: 80. */
  readonly columns?: number | undefined;
}

/** How far a transfer is. */
export interface Reached {
  readonly direction: "upload" | "download";
  readonly bytes: number;
  readonly totalBytes: number | null;
}

/** How it is drawn. */
export interface BarSettings {
  readonly stream: BarStream;
  /** What stands before it, without control characters; `null`: the direction. */
  readonly label: string | null;
  /** The least time between two drawings, in milliseconds. */
  readonly intervalMs: number;
  /** Are lines written where nothing can be drawn anew? */
  readonly hasLines: boolean;
  /** Milliseconds of a clock that never jumps. */
  readonly now: () => number;
}

/** A transfer that goes on. */
interface Transfer {
  reached: Reached;
  readonly beganAt: number;
}

/** Of a transfer whose length is known so many lines are written. */
const QUARTERS = 4;
/** Of others one at so many bytes, and whenever it is four times as much. */
const FIRST_LINE_BYTES = 1_000_000;
const USUAL_COLUMNS = 80;
/** So many the figures take, mostly: the bar does not become longer and shorter with them. */
const USUAL_FIGURES = " 25%  1.00 MB of 4.00 MB  1.00 MB/s  0:03 left".length;
const LEAST_BAR_COLUMNS = 10;
const MOST_BAR_COLUMNS = 40;
/** The time that is left says something only after a while. */
const SURE_AFTER_MS = 500;

/** See at the top of the file. */
export class Bar {
  readonly #settings: BarSettings;
  #transfer: Transfer | null = null;
  /** `null`: not yet. Of transfers that take turns none is drawn more often than one would be. */
  #drawnAt: number | null = null;
  /** The quarters that lines have told of. Transfers that take turns share them, or each turn would have its line. */
  #quarters = 0;
  /** Where the length is not known the next line is written when so much has come. */
  #lineAt = FIRST_LINE_BYTES;
  /** Columns of what stands on the line of the terminal; 0: it is empty. */
  #drawn = 0;

  constructor(settings: BarSettings) {
    this.#settings = settings;
  }

  /** A transfer has come so far. Another direction, or fewer bytes than before: it is another one. */
  show(reached: Reached): void {
    const transfer = this.#transferOf(reached);
    transfer.reached = reached;
    const { bytes, totalBytes } = reached;
    if (totalBytes !== null && bytes >= totalBytes) this.stop();
    else if (this.#isTerminal) this.#redraw(transfer);
    else if (this.#isLineDue(reached)) this.#line(transfer);
  }

  /** The transfer is over, or given up: the line is drawn a last time and ended. Does nothing when there is none. */
  stop(): void {
    const transfer = this.#transfer;
    if (transfer === null) return;
    this.#transfer = null;
    if (this.#isTerminal) {
      this.#draw(transfer);
      this.#settings.stream.write("\n");
      this.#drawn = 0;
    } else this.#line(transfer);
    this.#drawnAt = null;
    this.#quarters = 0;
    this.#lineAt = FIRST_LINE_BYTES;
  }

  get #isTerminal(): boolean {
    return this.#settings.stream.isTTY === true;
  }

  #transferOf(reached: Reached): Transfer {
    const known = this.#transfer;
    const isSame =
      known !== null && known.reached.direction === reached.direction && known.reached.bytes <= reached.bytes;
    if (isSame) return known;
    if (known !== null && known.reached.direction !== reached.direction) this.stop();
    const transfer = { reached, beganAt: this.#settings.now() };
    this.#transfer = transfer;
    return transfer;
  }

  #redraw(transfer: Transfer): void {
    const now = this.#settings.now();
    if (this.#drawnAt !== null && now - this.#drawnAt < this.#settings.intervalMs) return;
    this.#drawnAt = now;
    this.#draw(transfer);
  }

  /** Over what stood there. Without escape sequences: there are terminals that know none. */
  #draw(transfer: Transfer): void {
    const { stream } = this.#settings;
    // A character in the last column would begin a new line on some.
    const columns = Math.max((stream.columns || USUAL_COLUMNS) - 1, 1);
    const text = this.#textOf(transfer, columns);
    const width = columnsOf(text);
    const rest = Math.max(Math.min(this.#drawn, columns) - width, 0);
    stream.write(`\r${text}${" ".repeat(rest)}`);
    this.#drawn = width;
  }

  #isLineDue({ bytes, totalBytes }: Reached): boolean {
    return totalBytes === null ? bytes >= this.#lineAt : quartersOf(bytes, totalBytes) > this.#quarters;
  }

  #line(transfer: Transfer): void {
    if (!this.#settings.hasLines) return;
    const { bytes, totalBytes } = transfer.reached;
    this.#settings.stream.write(`${this.#textOf(transfer, null)}\n`);
    if (totalBytes !== null) this.#quarters = quartersOf(bytes, totalBytes);
    else while (this.#lineAt <= bytes) this.#lineAt *= 4;
  }

  /** @param columns how many there are; `null`: as many as it takes, and no bar. */
  #textOf({ reached, beganAt }: Transfer, columns: number | null): string {
    const { direction, bytes, totalBytes } = reached;
    const label = this.#settings.label ?? direction;
    const elapsedMs = this.#settings.now() - beganAt;
    const rate = elapsedMs > 0 ? (bytes / elapsedMs) * 1000 : 0;
    const speed = rate > 0 ? [`${sizeOf(rate)}/s`] : [];
    if (totalBytes === null) {
      const known = [sizeOf(bytes), ...speed, timeOf(elapsedMs)].join("  ");
      return columns === null ? `${label}  ${known}` : beside(label, known, columns);
    }
    const part = totalBytes === 0 ? 1 : Math.min(bytes / totalBytes, 1);
    const leftMs = rate > 0 && elapsedMs >= SURE_AFTER_MS ? ((totalBytes - bytes) / rate) * 1000 : null;
    const time = part === 1 ? [timeOf(elapsedMs)] : leftMs === null ? [] : [`${timeOf(leftMs)} left`];
    const percent = `${Math.floor(part * 100)}%`.padStart(4);
    const known = [percent, `${sizeOf(bytes)} of ${sizeOf(totalBytes)}`, ...speed, ...time].join("  ");
    return columns === null ? `${label}  ${known.trimStart()}` : withBar(label, part, known, columns);
  }
}

/** How many quarters of it are there. Nothing has come whole. */
function quartersOf(bytes: number, totalBytes: number): number {
  return totalBytes === 0 ? QUARTERS : Math.floor((bytes / totalBytes) * QUARTERS);
}

/** Label, bar and figures. The bar goes first when there is no room, and then of the label what does not fit. */
function withBar(label: string, part: number, known: string, columns: number): string {
  const room = columns - Math.max(columnsOf(known), USUAL_FIGURES) - "  []".length;
  const short = fitted(label, Math.max(room - LEAST_BAR_COLUMNS, Math.floor(columns / 4)));
  const cells = Math.min(room - columnsOf(short), MOST_BAR_COLUMNS);
  if (cells < LEAST_BAR_COLUMNS) return beside(label, known, columns);
  const full = Math.floor(part * cells);
  return `${short} [${"#".repeat(full)}${".".repeat(cells - full)}] ${known}`;
}

function beside(label: string, known: string, columns: number): string {
  const room = columns - columnsOf(known) - 1;
  return room < 1 ? fitted(known.trimStart(), columns) : `${fitted(label, room)} ${known}`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Three digits at least, with the unit: thousands of thousands. */
function sizeOf(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // What would be rounded to four digits is one of the next.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** `0:05`, `1:02:03`. */
function timeOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** Figures, times and texts as they are shown: each with its unit. Pure. */

/** `0.4 ms`, `12 ms`, `1.23 s`, `2 min 3 s`, `5 h 20 min`, `12 d 4 h`. */
export function formatMs(ms: number): string {
  if (ms < 9.95) return `${round(ms, 1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const hours = Math.floor(seconds / 3600);
  if (hours < 48) return `${hours} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${formatNumber(Math.floor(hours / 24))} d ${hours % 24} h`;
}

/** `812 B`, `12.3 kB`, `4.0 MB`: powers of 1000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = "B";
  for (const next of units) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 99.95 ? value.toFixed(1) : String(Math.round(value))} ${unit}`;
}

/** `1 message`, `12,345 messages`. */
export function formatCount(count: number, one: string, many: string = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** `12,345`. */
export function formatNumber(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `2026-11-30 23:59:34.123`, UTC; `""` for what is no time. */
export function formatTime(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString().replace("T", " ").replace("Z", "") : "";
}

/** `23:59:34.123`, UTC. */
export function formatClock(ms: number): string {
  return formatTime(ms).slice(11);
}

/** `34 %`; `0 %` of nothing. */
export function formatShare(part: number, whole: number): string {
  return `${whole === 0 ? 0 : Math.round((part / whole) * 100)} %`;
}

/** A text of at most `length` characters: its middle is left out. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = Math.ceil((length - 1) * 0.6);
  return `${text.slice(0, head)}\u2026${text.slice(text.length - (length - 1 - head))}`;
}

function round(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return text.endsWith(".0") ? text.slice(0, -2) : text;
}

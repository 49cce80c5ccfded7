/**
 * `sojourn/terminal`: what a session does, for people at a terminal: logs, and how far transfers are.
 */
export type { TellingSession } from "./core/records.ts";
export {
  logTo,
  type LeveledLogger,
  type LogFormat,
  type Logger,
  type Logging,
  type LogOptions,
} from "./log/log-to.ts";
export {
  progressBar,
  type BarStream,
  type ProgressBar,
  type ProgressBarOptions,
} from "./terminal/progress-bar.ts";

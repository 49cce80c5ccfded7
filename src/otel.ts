/**
 * `sojourn/otel`: spans and metrics of a session for OpenTelemetry, with the peer `@opentelemetry/api`.
 */
export type { TellingSession } from "./core/records.ts";
export { ignoreSojourn } from "./otel/doubles.ts";
export {
  instrument,
  type Instrumentation,
  type InstrumentHeaders,
  type InstrumentOptions,
} from "./otel/instrument.ts";

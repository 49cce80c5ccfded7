/** The inspectors of a session, which end with it. They and their page are loaded when the first one is opened. */
import type { InspectOptions, Inspector } from "../inspect/inspector.ts";
import type { RecordOptions, Recorder } from "../record/recorder.ts";

/** Those that are open. */
export class Inspectors {
  readonly #open = new Set<Inspector>();

  /**
   * Opens one more.
   *
   * @param record begins to record.
   * @param assertOpen throws when the session was closed: meanwhile, too.
   */
  async open(
    options: InspectOptions,
    record: (options: RecordOptions) => Recorder,
    assertOpen: () => void,
  ): Promise<Inspector> {
    assertOpen();
    const [{ openInspector }, { LIVE_POLICY, liveHtml }] = await Promise.all([
      import("../inspect/inspector.ts"),
      import("../report/report.ts"),
    ]);
    const inspector = await openInspector(options, {
      record,
      page: { html: liveHtml(), policy: LIVE_POLICY },
      onClose: () => void this.#open.delete(inspector),
    });
    this.#open.add(inspector);
    try {
      assertOpen();
    } catch (error) {
      await inspector.close();
      throw error;
    }
    return inspector;
  }

  /** Closes all of them. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#open, (inspector) => inspector.close()));
  }
}

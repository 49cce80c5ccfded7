/** What a load is: something that is done some times, among so many things. */

/** One that is prepared. */
export interface Prepared {
  /** How often it is done. */
  readonly times: number;
  readonly run: () => unknown;
  /** Puts away what was opened. */
  readonly end?: () => Promise<unknown>;
}

/** Prepares it among `size` things. */
export type Load = (size: number) => Prepared | Promise<Prepared>;

/** How many steps it takes each time: among few things, and among many. */
export interface Steps {
  readonly few: number;
  readonly many: number;
}

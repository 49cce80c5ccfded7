/** What the parser has against bytes. It never quotes them: they may be secrets. */

/** What is wrong with what came. */
export type SyntaxProblem =
  /** It is not HTTP/1.0 or HTTP/1.1 at all. */
  | "protocol"
  /** The status line. */
  | "status"
  /** A field line, in the head or among the trailers. */
  | "field"
  /** The fields contradict each other about where the body ends, or say it in a way that others may read otherwise. */
  | "framing"
  /** A chunk: its size, its extensions, its end. */
  | "chunk"
  /** A switch of protocols, which nobody asked for. */
  | "upgrade"
  /** More of something than anybody needs. */
  | "flood"
  /** The connection ended in the middle of it. */
  | "cut";

/** What came is no HTTP/1 response. */
export class ResponseSyntaxError extends Error {
  override readonly name: string = "ResponseSyntaxError";
  readonly kind: SyntaxProblem;
  /** Bytes of the response, interim ones with it, before the one that is wrong. */
  readonly offset: number;

  constructor(message: string, kind: SyntaxProblem, offset: number) {
    super(message);
    this.kind = kind;
    this.offset = offset;
  }
}

/**
 * Options that all operations of the library have.
 *
 * @module
 */
import type { ReleaseEvent } from "../engine/release/mod.ts";

/** Options of every operation. */
export interface CallOptions {
  /**
   * Cancels the operation cleanly: the release is recorded as failed unless it is known to be done, and the
   * operation rejects with kind `aborted`.
   */
  readonly signal?: AbortSignal | undefined;
  /** Called with every event of this operation. */
  readonly onEvent?: ((event: ReleaseEvent) => void) | undefined;
}

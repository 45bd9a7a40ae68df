/**
 * Streams of JSON lines.
 *
 * @module
 */
import { encodeJson } from "../../engine/lang/yaml/mod.ts";
import { errorData } from "./error_data.ts";

/** An answer begins at the latest after this time, with or without a line. */
const FIRST_LINE_MS = 300;

/** The life of a stream. */
export interface StreamLife {
  /** Fires when the client goes away, or the server ends. */
  readonly signal: AbortSignal;
  /** Called once, at the end. */
  readonly end: () => void;
}

/**
 * Returns a body of JSON lines. Waits a moment for the first line, so that an early error becomes the answer's status; a later
 * one is the last line.
 *
 * @throws The error, when `lines` fails before the first line.
 */
export async function lineStream(
  lines: AsyncIterable<object>,
  { signal, end }: StreamLife,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const iterator = lines[Symbol.asyncIterator]();
  const gone = Promise.withResolvers<IteratorResult<object>>();
  const stop = (): void => gone.resolve({ done: true, value: undefined });
  signal.addEventListener("abort", stop, { once: true });
  const finish = (): void => {
    signal.removeEventListener("abort", stop);
    end();
    // A generator that still waits ends by the signal; its last failure is of no interest.
    Promise.resolve(iterator.return?.()).catch(() => {});
  };
  let first: Promise<IteratorResult<object>> | undefined = iterator.next();
  // A failure that comes after the pause is seen by `pull`.
  first.catch(() => {});
  try {
    await settledSoon(first, signal);
  } catch (error) {
    finish();
    throw error;
  }
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await Promise.race([first ?? iterator.next(), gone.promise]);
        first = undefined;
        if (done !== true) return controller.enqueue(encoder.encode(`${encodeJson(value)}\n`));
      } catch (error) {
        if (!signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify({ error: errorData(error) })}\n`));
      }
      finish();
      controller.close();
    },
    cancel: finish,
  });
}

/** Waits for a promise, but no longer than a moment. */
async function settledSoon(promise: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const pause = Promise.withResolvers<void>();
  const timer = setTimeout(pause.resolve, signal.aborted ? 0 : FIRST_LINE_MS);
  try {
    await Promise.race([promise, pause.promise]);
  } finally {
    clearTimeout(timer);
  }
}

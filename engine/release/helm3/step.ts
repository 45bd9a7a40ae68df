/**
 * Steps of a migration, in both directions.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { messageOf } from "../../base/mod.ts";

/** Runs one step; its failure names it and says how to go on. */
export async function inStep<T>(step: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    const { kind, hint, exitCode, details } = error;
    throw new SkegError(kind, `${step}: ${messageOf(error)}`, {
      cause: error,
      exitCode,
      details,
      hint: hint ?? "Run the same command again: it goes on where it stopped.",
    });
  }
}

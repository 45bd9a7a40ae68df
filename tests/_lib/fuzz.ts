/** Number of random inputs for a property test. */

/** Returns the number in `SKEG_FUZZ_RUNS`, or `usual` when it is not set. */
export function fuzzRuns(usual: number): number {
  return Number(Deno.env.get("SKEG_FUZZ_RUNS") ?? usual);
}

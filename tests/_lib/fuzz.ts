/** How many random inputs a property is tried with. */

/** Returns `usual`, or what `SKEG_FUZZ_RUNS` says. */
export function fuzzRuns(usual: number): number {
  return Number(Deno.env.get("SKEG_FUZZ_RUNS") ?? usual);
}

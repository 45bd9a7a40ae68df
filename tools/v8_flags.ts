/**
 * How V8 is set up for the program, wherever the version of Deno is ours to
 * choose: in the compiled program and in the npm package.
 *
 * A command lives for a fraction of a second. V8's own settings are for what
 * lives longer: functions are optimised on threads of their own, for which
 * most commands end too early, memory is left uncollected, and a function is
 * compiled when it is first called, so that V8's code cache never has it.
 * `docs/decisions/v8-flags.md` has the measurements.
 *
 * @module
 */

/** Value of `--v8-flags`. Another version of Deno may not know all of them and would refuse to start. */
export const V8_FLAGS = [
  "--max-semi-space-size=1",
  "--invocation-count-for-maglev=5000",
  "--invocation-count-for-turbofan=50000",
  "--heap-growing-percent=40",
  "--no-lazy",
].join(",");

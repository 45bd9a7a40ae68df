/**
 * V8 flags for the program, used where the version of Deno is fixed: in the
 * compiled program and in the npm package.
 *
 * A command runs for a fraction of a second. V8's defaults are for programs that
 * run longer: functions are optimised on extra threads, but most commands end too
 * early for that; memory is collected late; and a function is compiled when it is
 * first called, so V8's code cache never contains it.
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

/**
 * Chart tests in TypeScript, run by `deno test`.
 *
 * @example A suite, in `tests/service_test.ts` of a chart
 * ```ts ignore
 * import { suite } from "jsr:@skeg/skeg/testing";
 *
 * suite("service", { of: new URL("..", import.meta.url), templates: ["service.yaml"] }, {
 *   "has the port of the values": {
 *     set: { "service.port": 8080 },
 *     asserts: [{ equal: { path: "spec.ports[0].port", value: 8080 } }],
 *   },
 * });
 * ```
 *
 * @module
 */
export {
  type AssertDefinition,
  render,
  type RenderedChart,
  type RenderTest,
  suite,
  type SuiteOptions,
  type TestDefinition,
  type TestedChart,
  type TestSettings,
} from "./app/testing.ts";
export { chartFromFiles, loadChart } from "./engine/chart/load/mod.ts";

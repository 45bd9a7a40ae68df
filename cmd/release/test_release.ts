/**
 * `test`: runs the tests of a release.
 *
 * Source: Helm 2.17.0, `cmd/helm/release_testing.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { IGNORE_HELM3_FLAG, requireArgs, TIMEOUT_FLAG, TLS_FLAGS } from "../_lib/flags.ts";
import { WAIT_VIEW_FLAGS } from "../_lib/wait_flags.ts";

/** `test`. */
export const command = defineCommand({
  usage: "[RELEASE]",
  completes: { sources: ["release"] },
  long: `
Runs the tests of a release: the pods that its chart marks with the hooks
test-success and test-failure.

RELEASE is the name of a release that is deployed.`,
  example: `  helm test web --cleanup
  helm test web --parallel --logs`,
  flags: defineFlags({
    ...TLS_FLAGS,
    ...TIMEOUT_FLAG,
    ...DOCUMENT_FLAG,
    ...WAIT_VIEW_FLAGS,
    ...IGNORE_HELM3_FLAG,
    "as-hooks": {
      type: "bool",
      usage: "Run tests by weight, then by name, and delete their pods as their hook delete policies say",
    },
    "cleanup": { type: "bool", usage: "Delete test pods upon completion" },
    "logs": {
      type: "bool",
      usage: "Dump the logs from test pods (this runs after all tests are complete, but before any cleanup",
    },
    "max": { type: "uint32", usage: "Maximum number of test pods to run in parallel", default: 20 },
    "parallel": { type: "bool", usage: "Run test pods in parallel" },
  }),
  run: async (context) => {
    const { flags, args, print } = context;
    requireArgs(args, "release name");
    const [name = ""] = args;
    const format = documentFormat(flags.output);
    const { failures, release } = await withEnvironment(
      context,
      ({ environment, operations }) =>
        operations.runTests(environment, {
          name,
          timeoutSeconds: flags.timeout,
          cleanup: flags.cleanup,
          asHooks: flags["as-hooks"],
          parallel: flags.parallel,
          maxParallel: flags.max,
          logs: flags.logs,
          onMessage: ({ text }) => (format === undefined ? print.out : print.err)(`${text}\n`),
        }),
      { changes: true },
    );
    if (format !== undefined) {
      const { testFields } = await import("../_lib/release_fields.ts");
      const { name, namespace, revision, info } = release;
      const tests = testFields(info.status.lastTestSuiteRun);
      printDocument("TestRun", { name, namespace, revision, failures, tests }, format, print);
    }
    if (failures > 0) throw new SkegError("release", `${failures} test(s) failed`);
  },
});

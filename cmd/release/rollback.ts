/**
 * `rollback`: rolls a release back to an earlier revision.
 *
 * Source: Helm 2.17.0, `cmd/helm/rollback.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { RollbackOptions } from "../../engine/release/mod.ts";
import { type Context, defineCommand, defineFlags, type FlagValues } from "../_lib/command.ts";
import type { NOT_PLANNED } from "../_lib/plan.ts";
import { checkConfirm, CONFIRM_FLAG, confirmed } from "../_lib/confirm.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import {
  APPLY_FLAG,
  applyMode,
  AUTOSCALERS_FLAG,
  IGNORE_HELM3_FLAG,
  MAPPING_FLAGS,
  requireArgs,
  TIMEOUT_FLAG,
  TLS_FLAGS,
  WAIT_FLAG,
} from "../_lib/flags.ts";
import { quote } from "../../engine/base/mod.ts";
import { parseDecimal } from "../_lib/values.ts";
import { strictWait, WAITING_FLAGS } from "../_lib/wait_flags.ts";

/** Flags of `rollback`. */
export const ROLLBACK_FLAGS = defineFlags({
  ...TLS_FLAGS,
  ...TIMEOUT_FLAG,
  ...WAIT_FLAG,
  ...WAITING_FLAGS,
  ...APPLY_FLAG,
  ...AUTOSCALERS_FLAG,
  ...CONFIRM_FLAG,
  ...IGNORE_HELM3_FLAG,
  ...MAPPING_FLAGS,
  "cleanup-on-fail": {
    type: "bool",
    usage: "Allow deletion of new resources created in this rollback when rollback failed",
  },
  ...DOCUMENT_FLAG,
  "description": { type: "string", usage: "Specify a description for the release" },
  "dry-run": { type: "bool", usage: "Simulate a rollback" },
  "force": { type: "bool", usage: "Force resource update through delete/recreate if needed" },
  "no-hooks": { type: "bool", usage: "Prevent hooks from running during rollback" },
  "recreate-pods": { type: "bool", usage: "Performs pods restart for the resource if applicable" },
});

/** `rollback`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE] [REVISION]",
  completes: { sources: ["release", "revision"] },
  long: `
Creates a new revision of a release from an earlier one, with the same chart, values
and objects.

REVISION is a number of 'helm history RELEASE'; 0 is the one before the last.

The revision may name API versions that the cluster no longer has: its objects are
sent with the versions that it has now.`,
  example: `  helm rollback web 2
  helm rollback web 0 --wait --timeout 60`,
  flags: ROLLBACK_FLAGS,
  run: async (context) => {
    const { flags } = context;
    const options = rollbackOptions(context);
    const format = documentFormat(flags.output);
    checkConfirm(flags, "rollback");
    const { release } = await withEnvironment(context, async (workplace) => {
      const { environment, operations } = workplace;
      if (!flags.confirm) return await operations.rollback(environment, options);
      const act = await confirmed(context, workplace, { operation: "rollback", options });
      return await act();
    }, { changes: true });
    const { print } = context;
    if (format === undefined) return print.out("Rollback was a success.\n");
    const { releaseFields } = await import("../_lib/release_fields.ts");
    printDocument("Release", releaseFields(release), format, print);
  },
});

/** The parts of a context that the options of a rollback come from; that of a plan has fewer flags. */
type RollbackInput = Pick<Context, "args"> & {
  readonly flags: Omit<FlagValues<typeof ROLLBACK_FLAGS>, keyof typeof NOT_PLANNED> & { readonly "dry-run"?: boolean };
};

/** Returns the options of the operation. */
export function rollbackOptions({ flags, args }: RollbackInput): RollbackOptions {
  requireArgs(args, "release name", "revision number");
  const [name = "", text = ""] = args;
  const revision = readRevision(name, text);
  const apply = applyMode(flags.apply);
  return {
    name,
    revision,
    dryRun: flags["dry-run"],
    recreatePods: flags["recreate-pods"],
    force: flags.force,
    disableHooks: flags["no-hooks"],
    timeoutSeconds: flags.timeout,
    wait: flags.wait,
    waitStrict: strictWait(flags["wait-strict"]),
    apply,
    respectAutoscalers: flags["respect-autoscalers"],
    description: flags.description,
    cleanupOnFail: flags["cleanup-on-fail"],
    skipRemoved: flags["skip-removed"],
    allowLossyMapping: flags["allow-lossy-mapping"],
  };
}

function readRevision(name: string, text: string): number {
  try {
    return parseDecimal(text, 32);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SkegError("usage", `invalid revision number '${quote(text)}': ${reason}`, {
      hint: `A revision is a number: 'skeg history ${name}' shows them.`,
    });
  }
}

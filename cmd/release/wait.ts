/**
 * `wait`: waits for the objects of a release, without changing anything. Helm has no such command.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireArgs, TIMEOUT_FLAG, TLS_FLAGS } from "../_lib/flags.ts";
import { strictWait, WAITING_FLAGS } from "../_lib/wait_flags.ts";

/** `wait`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Waits until the objects of a release are ready, and changes nothing.

By default every workload must have rolled out, as 'kubectl rollout status' judges.
'--wait-strict=all' waits for every object of the manifest, Jobs and custom resources
included; '--wait-strict=false' judges as 'helm install --wait' does.

When the time is up, the error says what is not ready, and why.`,
  example: `  helm wait web
  helm wait web --wait-strict=all --timeout 600
  helm wait web --fail-fast --progress plain`,
  flags: defineFlags({
    ...TLS_FLAGS,
    ...TIMEOUT_FLAG,
    ...WAITING_FLAGS,
    "wait-strict": { ...WAITING_FLAGS["wait-strict"], default: "true" },
    "revision": {
      type: "int32",
      complete: "revision",
      usage: "The revision whose objects are waited for; default: the newest",
    },
  }),
  run: async (context) => {
    const { flags, args, print } = context;
    requireArgs(args, "release name");
    const [name = ""] = args;
    await withEnvironment(context, async ({ environment, operations }) => {
      const waiting = { ...environment.waiting, waitStrict: strictWait(flags["wait-strict"]) };
      const { revision } = await operations.waitForRelease({ ...environment, waiting }, {
        name,
        revision: flags.revision,
        timeoutSeconds: flags.timeout,
      });
      print.out(`release "${name}" is ready (revision ${revision})\n`);
    }, { tellOfTiller: false });
  },
});

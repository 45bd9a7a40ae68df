/**
 * `rbac`: prints the rights that a release needs, or those to all records.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireArgs, TLS_FLAGS } from "../_lib/flags.ts";
import { printRights, RBAC_FLAGS } from "../_lib/rbac.ts";

/** `rbac`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE]",
  completes: { sources: ["release"] },
  long: `
Prints the RBAC objects that give a user the rights to work on a release, and no more:
a Role for each namespace, and a ClusterRole where the release has objects without a
namespace.

With RELEASE: every upgrade, rollback and deletion that keeps to the kinds and names
of its objects. 'helm rbac install' and the other subcommands print the rights for one
operation with its flags, which are fewer. '--records' prints the rights to the records
of all releases alone.

Nothing is changed: 'kubectl apply -f -' takes the output. '--for' adds the bindings.

'--check' asks the server instead whether the user of the kubeconfig has these rights,
or the one of '--for', prints those that are missing, and exits with status 1 if there
are any.`,
  example: `  helm rbac web
  helm rbac web --for system:serviceaccount:ci:deployer | kubectl apply -f -
  helm rbac web --check
  helm rbac --records
  helm rbac install ./web --name web --namespace shop --wait`,
  flags: defineFlags({
    ...TLS_FLAGS,
    ...RBAC_FLAGS,
    "records": { type: "bool", usage: "Only the rights to the records of all releases" },
  }),
  run: async (context) => {
    const { flags, args } = context;
    if (flags.records) requireArgs(args);
    else requireArgs(args, "release name");
    const [name = ""] = args;
    return await withEnvironment(
      context,
      (workplace) =>
        flags.records
          ? printRights(context, workplace, { operation: "records" }, "skeg-records")
          : printRights(context, workplace, { operation: "release", options: { name } }, `skeg-${name}`),
    );
  },
});

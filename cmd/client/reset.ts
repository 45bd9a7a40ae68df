/**
 * `reset`: removes a Tiller that was left in the cluster.
 *
 * Source: Helm 2.17.0, `cmd/helm/reset.go`, `cmd/helm/installer/uninstall.go`.
 *
 * @module
 */
import { RECORDS_NAMESPACE } from "../../engine/model/mod.ts";
import { existsSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileError, KubeError, SkegError } from "../../errors.ts";
import type { Transport } from "../../engine/kube/mod.ts";
import type { Environment } from "../../engine/release/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { type Operations, withEnvironment } from "../_lib/environment.ts";
import { TLS_FLAGS } from "../_lib/flags.ts";
import { helmHome } from "../../app/home.ts";
import type { Printer } from "../_lib/print.ts";
import { UsageError } from "../_lib/usage_error.ts";

/** `reset`. */
export const command = defineCommand({
  usage: "[flags]",
  long: `
Deletes the objects that 'helm init' of Helm 2 created in the cluster: the Deployment
and the Service tiller-deploy, and the Secret tiller-secret, in the namespace of
'--tiller-namespace'. Releases and their records stay, and this program continues to
manage them; it does not need Tiller.

While there are deployed releases, '--force' is needed. '--remove-helm-home' also
deletes $HELM_HOME: repositories, cache, plugins and starters.`,
  example: `  helm reset
  helm reset --force --tiller-namespace tiller`,
  flags: defineFlags({
    ...TLS_FLAGS,
    "force": {
      type: "bool",
      short: "f",
      usage: "Forces Tiller uninstall even if there are releases installed, or if Tiller is not in ready state. " +
        "Releases are not deleted.)",
    },
    "remove-helm-home": { type: "bool", usage: "If set, deletes $HELM_HOME" },
  }),
  run: async (context) => {
    const { args, flags, globals, print, signal, variables } = context;
    if (args.length > 0) {
      throw new UsageError("This command does not accept arguments", { type: "arguments", wanted: [], given: args });
    }
    await withEnvironment(context, async ({ environment, operations }) => {
      if (!flags.force) {
        const { total } = await operations.list({ ...environment, lookElsewhere: false });
        if (total > 0) throw stillDeployed(total);
        // The Tiller may have kept its records in the other kind of object.
        const beside = await deployedBeside(environment, operations);
        if (beside.count > 0) throw stillDeployed(beside.count, `They are found with --storage ${beside.storage}.`);
      }
      await removeTiller(environment.kube.cluster.transport, globals["tiller-namespace"] || RECORDS_NAMESPACE, signal);
    }, { tellOfTiller: false });
    if (flags["remove-helm-home"]) removeHome(helmHome(globals.home, variables).folder, print);
    print.out("Tiller (the Helm server-side component) has been uninstalled from your Kubernetes Cluster.\n");
  },
});

function stillDeployed(count: number, details?: string): SkegError {
  const tip = "(Tip: use --force to remove Tiller. Releases will not be deleted.)";
  return new SkegError("release", `there are still ${count} deployed releases ${tip}`, { details });
}

/** Counts the DEPLOYED revisions in the other kind of object in the same namespace; 0 when it may not be read. */
async function deployedBeside(
  environment: Environment,
  { list }: Operations,
): Promise<{ readonly count: number; readonly storage: string }> {
  const { driverAt, otherStorage } = await import("../../storage/mod.ts");
  const { place } = environment.driver;
  if (place === undefined) return { count: 0, storage: "" };
  const storage = otherStorage(place.storage);
  try {
    const driver = driverAt({ ...place, storage });
    return { count: (await list({ ...environment, driver, lookElsewhere: false })).total, storage };
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return { count: 0, storage };
    throw error;
  }
}

/** Deletes Tiller's three objects; missing ones are not an error. */
async function removeTiller(transport: Transport, namespace: string, signal: AbortSignal): Promise<void> {
  const { callFor, isNotFound } = await import("../../engine/kube/mod.ts");
  const space = `namespaces/${encodeURIComponent(namespace)}`;
  const objects = [
    { kind: "Service", path: `/api/v1/${space}/services/tiller-deploy` },
    { kind: "Deployment", path: `/apis/apps/v1/${space}/deployments/tiller-deploy` },
    { kind: "Secret", path: `/api/v1/${space}/secrets/tiller-secret` },
  ];
  const body = JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions", propagationPolicy: "Background" });
  for (const { kind, path } of objects) {
    try {
      await callFor(transport, { method: "DELETE", path, body, signal }, { done: kind });
    } catch (error) {
      if (isNotFound(error)) continue;
      if (!(error instanceof SkegError)) throw error;
      throw new SkegError(error.kind, `error uninstalling Tiller: ${error.message}`, { cause: error });
    }
  }
}

function removeHome(home: string, print: Printer): void {
  if (home === "" || !existsSync(home)) return;
  const folder = resolve(home);
  if (dirname(folder) === folder) throw new SkegError("usage", `Could not remove ${home}: it is the root of the disk`);
  print.out(`Deleting ${home} \n`);
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw new SkegError("io", `Could not remove ${home}: ${fileError("unlinkat", home, error).message}`, {
      cause: error,
    });
  }
}

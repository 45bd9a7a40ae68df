/** Options that every call to the cluster or the driver gets. */
import { type KubeCallOptions, KubeManifest, secretValues } from "../kube/mod.ts";
import type { Release } from "../model/mod.ts";
import type { DriverOptions } from "../../storage/mod.ts";
import type { Environment } from "./environment.ts";

/** Returns options for the kube client: the operation's signal, and a receiver of progress. */
export function callOptions(env: Environment): KubeCallOptions {
  const { signal, waiting } = env;
  return { signal, report: (progress) => env.report({ type: "object", progress }), ...waiting && { waiting } };
}

/** Like {@linkcode callOptions}, for waits: the values of all Secrets of the release and its hooks are masked. */
export function waitCalls(env: Environment, { manifest, hooks }: Release): KubeCallOptions {
  const texts = [manifest, ...hooks.map((hook) => hook.manifest)];
  return { ...callOptions(env), secrets: () => secretValues(texts.map((text) => new KubeManifest(text))) };
}

/** Returns options for the driver. */
export function recordOptions(env: Environment): DriverOptions {
  return { signal: env.signal };
}

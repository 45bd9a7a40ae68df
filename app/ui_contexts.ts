/**
 * The contexts that a page shows, with their namespaces.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import { quote } from "../engine/base/mod.ts";
import { type Env, loadKubeconfig } from "../engine/kube/mod.ts";
import { fleetContexts } from "./fleet.ts";

/** One context. */
export interface NamedContext {
  /** Its name; empty for the cluster around this pod. */
  readonly name: string;
  /** Its namespace, or `default`. */
  readonly namespace: string;
  /** True for the one that a command without `--kube-context` uses. */
  readonly current: boolean;
}

/** Options of {@linkcode namedContexts}. */
export interface NamedContextsOptions {
  /** Names, as given; none: `context`, or else the current one. */
  readonly contexts: readonly string[];
  /** If true, all contexts of the kubeconfig. */
  readonly all: boolean;
  /** The context of `--kube-context`; empty: the current one. */
  readonly context: string;
  /** Path of the kubeconfig; empty: the usual places. */
  readonly kubeconfig: string;
  /** Environment variables. */
  readonly env: Env;
}

/**
 * Returns the contexts to show; at least one.
 *
 * @throws SkegError of kind `config` for a name that the kubeconfig does not have.
 */
export async function namedContexts(options: NamedContextsOptions): Promise<NamedContext[]> {
  const { contexts, all, context, kubeconfig, env } = options;
  const config = await loadKubeconfig({ kubeconfig, env });
  const current = context || (config?.currentContext ?? "");
  const names = all || contexts.length > 0 ? await fleetContexts({ contexts, all, kubeconfig, env }) : [current];
  return names.map((name) => {
    const found = config?.contexts.get(name);
    if (found === undefined && name !== "") {
      throw new SkegError("config", `the kubeconfig has no context ${quote(name)}`, {
        hint: `It has ${[...config?.contexts.keys() ?? []].join(", ") || "none"}.`,
      });
    }
    const namespace = typeof found?.namespace === "string" && found.namespace !== "" ? found.namespace : "default";
    return { name, namespace, current: name === current };
  });
}

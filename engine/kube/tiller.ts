/**
 * Reads the settings of a Tiller from its Deployment.
 *
 * Source: Helm 2.17.0, `cmd/tiller/tiller.go` (flags),
 * `cmd/helm/installer/install.go` (labels and variables).
 *
 * @module
 */
import { KubeError, type TillerSettings } from "../../errors.ts";
import { call } from "./call.ts";
import { asList, asObject, asText, type JsonObject } from "./json.ts";
import { query } from "./paths.ts";
import type { KubeCallOptions, Transport } from "./types.ts";

/** Labels of Tiller's Deployment. */
const TILLER_LABELS = "app=helm,name=tiller";
/** The most Deployments to list. */
const TILLERS_MAX = 50;

/**
 * Returns the settings in a Deployment of Tiller; `undefined` for anything else.
 *
 * Flags are read from the container's command and arguments, even if they are one text for a shell;
 * environment variables are used for flags that are not set.
 */
export function tillerSettings(deployment: unknown): TillerSettings | undefined {
  const { metadata, spec } = asObject(deployment);
  const container = tillerContainer(asObject(asObject(asObject(spec).template).spec));
  if (container === undefined) return undefined;
  const variables = new Map(
    asList(container.env).map(asObject).map(({ name, value }) => [asText(name), asText(value)]),
  );
  const words = [...asList(container.command), ...asList(container.args)]
    .flatMap((word) => asText(word).split(/\s+/))
    .map((word) => word.replace(/\$\(([\w.-]+)\)/g, (whole, name) => variables.get(name) ?? whole));
  return {
    namespace: variables.get("TILLER_NAMESPACE") || asText(asObject(metadata).namespace),
    storage: flagValue(words, "storage") || "configmap",
    historyMax: positiveInteger(flagValue(words, "history-max") ?? variables.get("TILLER_HISTORY_MAX")),
  };
}

/**
 * Returns the settings of all Tillers in the cluster. If the user may not list the whole cluster, only those
 * in `namespace`; if not even that, none.
 */
export async function findTillers(
  transport: Transport,
  namespace: string,
  { signal }: KubeCallOptions = {},
): Promise<TillerSettings[]> {
  const everywhere = await deployments(transport, "", signal);
  const found = everywhere ?? await deployments(transport, `namespaces/${encodeURIComponent(namespace)}/`, signal) ??
    [];
  return found.map(tillerSettings).filter((settings) => settings !== undefined);
}

/** Lists Deployments with Tiller's labels; `undefined` when they may not be read. */
async function deployments(
  transport: Transport,
  within: string,
  signal: AbortSignal | undefined,
): Promise<unknown[] | undefined> {
  const path = `/apis/apps/v1/${within}deployments` + query({ labelSelector: TILLER_LABELS, limit: `${TILLERS_MAX}` });
  try {
    return asList((await call(transport, { method: "GET", path, signal })).items);
  } catch (error) {
    if (error instanceof KubeError && [401, 403, 404].includes(error.status)) return undefined;
    throw error;
  }
}

/** Returns Tiller's container: the one named `tiller` (by `helm init`), else one with such an image, else the first. */
function tillerContainer(pod: JsonObject): JsonObject | undefined {
  const containers = asList(pod.containers).map(asObject);
  return containers.find(({ name }) => name === "tiller") ??
    containers.find(({ image }) => asText(image).includes("tiller")) ?? containers[0];
}

/** Returns the last value of a flag, written as `--name=value` or as two words. */
function flagValue(words: readonly string[], name: string): string | undefined {
  const given = words.flatMap((word, index) => {
    if (word === `--${name}`) return [words[index + 1] ?? ""];
    return word.startsWith(`--${name}=`) ? [word.slice(name.length + 3)] : [];
  }).at(-1);
  return given?.replace(/^(["'])(.*)\1$/, "$2");
}

/** Parses a limit as Tiller does: a text that is not a number is 0, and 0 or less keeps all revisions. */
function positiveInteger(text = ""): number {
  return /^\d+$/.test(text) ? Number(text) : 0;
}

/**
 * Flags and argument checks that commands share.
 *
 * Source: Helm 2.17.0, `cmd/helm` and `pkg/helm/environment`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { ApplyMode } from "../../engine/kube/mod.ts";
import type { RemovedApiOptions, TakeOverOptions } from "../../engine/release/mod.ts";
import { defineFlags } from "./command.ts";
import { UsageError } from "./usage_error.ts";
import { quote } from "../../engine/base/mod.ts";

/** Flags for TLS to Tiller: accepted, because many scripts set them, and not used. */
export const TLS_FLAGS = defineFlags({
  "tls": { type: "bool", usage: "Enable TLS for request", variable: "HELM_TLS_ENABLE" },
  "tls-ca-cert": {
    type: "string",
    complete: "file",
    usage: "Path to TLS CA certificate file",
    variable: "HELM_TLS_CA_CERT",
    default: "$HELM_HOME/ca.pem",
  },
  "tls-cert": {
    type: "string",
    complete: "file",
    usage: "Path to TLS certificate file",
    variable: "HELM_TLS_CERT",
    default: "$HELM_HOME/cert.pem",
  },
  "tls-hostname": {
    type: "string",
    usage: "The server name used to verify the hostname on the returned certificates from the server",
    variable: "HELM_TLS_HOSTNAME",
  },
  "tls-key": {
    type: "string",
    complete: "file",
    usage: "Path to TLS key file",
    variable: "HELM_TLS_KEY",
    default: "$HELM_HOME/key.pem",
  },
  "tls-verify": { type: "bool", usage: "Enable TLS for request and verify remote", variable: "HELM_TLS_VERIFY" },
});

const LIST_NOTE = "(can specify multiple or separate values with commas:";

/** `--set`, `--set-string` and `--set-file`. */
const SET_FLAGS = defineFlags({
  "set": {
    type: "stringArray",
    usage: `Set values on the command line ${LIST_NOTE} key1=val1,key2=val2)`,
  },
  "set-file": {
    type: "stringArray",
    usage: `Set values from respective files specified via the command line ${LIST_NOTE} key1=path1,key2=path2)`,
  },
  "set-string": {
    type: "stringArray",
    usage: `Set STRING values on the command line ${LIST_NOTE} key1=val1,key2=val2)`,
  },
});

/** Flags for values, for commands that read local files only. */
export const LOCAL_VALUES_FLAGS = defineFlags({
  ...SET_FLAGS,
  "values": {
    type: "valueFiles",
    complete: "file",
    short: "f",
    usage: "Specify values in a YAML file (can specify multiple)",
  },
});

/** Flags for values, for commands that also download them. */
export const VALUES_FLAGS = defineFlags({
  ...SET_FLAGS,
  "values": {
    type: "valueFiles",
    complete: "file",
    short: "f",
    usage: "Specify values in a YAML file or a URL(can specify multiple)",
  },
});

/** Flags for a server of charts: the authority to trust, and the client's certificate. */
export const CHART_SERVER_FLAGS = defineFlags({
  "ca-file": {
    type: "string",
    complete: "file",
    usage: "Verify certificates of HTTPS-enabled servers using this CA bundle",
  },
  "cert-file": { type: "string", complete: "file", usage: "Identify HTTPS client using this SSL certificate file" },
  "key-file": { type: "string", complete: "file", usage: "Identify HTTPS client using this SSL key file" },
});

/**
 * Flags for a chart's source, for install and upgrade, which have different help texts for `--keyring`,
 * `--verify` and `--version`.
 */
export const CHART_SOURCE_FLAGS = defineFlags({
  ...CHART_SERVER_FLAGS,
  "devel": {
    type: "bool",
    usage: "Use development versions, too. Equivalent to version '>0.0.0-0'. If --version is set, this is ignored.",
  },
  "password": { type: "string", usage: "Chart repository password where to locate the requested chart" },
  "repo": { type: "string", usage: "Chart repository url where to locate the requested chart" },
  "username": { type: "string", usage: "Chart repository username where to locate the requested chart" },
});

/** Flags of Helm 3's install that ask for what is done here anyway. */
export const HELM3_INSTALL_FLAGS = defineFlags({
  "create-namespace": {
    type: "bool",
    usage: "Without effect: namespaces are created when they are needed",
    helm3: true,
  },
  "generate-name": {
    type: "bool",
    short: "g",
    usage: "Without effect: without --name, a name is generated",
    helm3: true,
  },
});

/** `-o`. */
export const OUTPUT_FLAG = defineFlags({
  "output": {
    type: "string",
    complete: { words: ["table", "json", "yaml"] },
    short: "o",
    usage: "Prints the output in the specified format. Allowed values: table, json, yaml",
    default: "table",
  },
});

/** `--timeout`. */
export const TIMEOUT_FLAG = defineFlags({
  "timeout": {
    type: "int",
    seconds: true,
    usage: "Time in seconds to wait for any individual Kubernetes operation (like Jobs for hooks)",
    default: 300,
  },
});

/** `--wait`. */
export const WAIT_FLAG = defineFlags({
  "wait": {
    type: "bool",
    usage: "If set, will wait until all Pods, PVCs, Services, and minimum number of Pods of a Deployment are in a " +
      "ready state before marking the release as successful. It will wait for as long as --timeout",
  },
});

/** `--schema`, which Helm 2 does not have. */
export const SCHEMA_FLAG = defineFlags({
  "schema": {
    type: "bool",
    usage: "Refuse values that do not fit the values.schema.json of the chart or a subchart, which Helm 2 ignores",
  },
});

/** `--apply`, which Helm does not have. */
export const APPLY_FLAG = defineFlags({
  "apply": {
    type: "string",
    complete: { words: ["tiller", "three-way", "server-side"] },
    usage:
      "How existing objects are changed: tiller (by the difference of the two manifests, the default), three-way " +
      "(so that they match the new manifest, whatever their current state) or server-side (the same, by the API server)",
  },
});

/** `--respect-autoscalers`, which Helm does not have. */
export const AUTOSCALERS_FLAG = defineFlags({
  "respect-autoscalers": {
    type: "bool",
    usage: "Do not change the number of replicas of existing objects that an autoscaler scales",
  },
});

/**
 * Returns the mode of `--apply`; `undefined` when it is not given.
 *
 * @throws SkegError of kind `usage` for any other word.
 */
export function applyMode(text: string): ApplyMode | undefined {
  if (text === "") return undefined;
  if (text === "tiller" || text === "three-way" || text === "server-side") return text;
  const choices = ["tiller", "three-way", "server-side"];
  throw new UsageError(`unknown apply mode: ${quote(text)}`, { type: "choice", text, choices });
}

/** `--skip-removed` and `--allow-lossy-mapping`, for commands that send stored manifests; Helm does not have them. */
export const MAPPING_FLAGS = defineFlags({
  "allow-lossy-mapping": {
    type: "bool",
    usage: "Also map objects to newer API versions where information is lost, such as a webhook's sideEffects: Unknown",
  },
  "skip-removed": {
    type: "bool",
    usage: "Leave out objects whose API Kubernetes removed without a successor, such as PodSecurityPolicy",
  },
});

/** {@linkcode MAPPING_FLAGS} and `--removed-apis`, for commands that render. */
export const REMOVED_API_FLAGS = defineFlags({
  ...MAPPING_FLAGS,
  "removed-apis": {
    type: "string",
    complete: { words: ["refuse", "map"] },
    usage:
      "What to do with objects of the chart whose API version the cluster no longer has: refuse (the default) or " +
      "map (send them with the version that it has). Overrides $SKEG_REMOVED_APIS",
    variable: "SKEG_REMOVED_APIS",
  },
});

/** `--kube-version` of dry runs, which Helm does not have. */
export const DRY_RUN_VERSION_FLAG = defineFlags({
  "kube-version": {
    type: "string",
    usage:
      "With --dry-run, report API versions that this version of Kubernetes, such as 1.25, does not have, instead of " +
      "those that the cluster will lose",
  },
});

/** `--adopt` and `--take-ownership`, which Helm does not have. */
export const TAKE_OVER_FLAGS = defineFlags({
  "adopt": {
    type: "bool",
    usage: "Take over objects that exist already and belong to no release, instead of failing",
  },
  "take-ownership": {
    type: "bool",
    usage: "With --adopt, take over objects of other releases, too",
  },
});

/**
 * Returns the options of operations for {@linkcode REMOVED_API_FLAGS}.
 *
 * @throws SkegError of kind `usage` for another policy than `refuse` and `map`.
 */
export function removedApiOptions(
  flags: {
    readonly "removed-apis"?: string;
    readonly "skip-removed": boolean;
    readonly "allow-lossy-mapping": boolean;
  },
): RemovedApiOptions {
  const policy = flags["removed-apis"] || "refuse";
  if (policy !== "refuse" && policy !== "map") {
    throw new SkegError("usage", `unknown policy for removed API versions: ${quote(policy)}`, {
      hint: "Give --removed-apis, or $SKEG_REMOVED_APIS, the value refuse or map.",
    });
  }
  return {
    removedApis: policy,
    skipRemoved: flags["skip-removed"],
    allowLossyMapping: flags["allow-lossy-mapping"],
  };
}

/** Returns the options of operations for {@linkcode TAKE_OVER_FLAGS}. */
export function takeOverOptions(
  flags: { readonly adopt: boolean; readonly "take-ownership": boolean },
): TakeOverOptions {
  if (flags["take-ownership"] && !flags.adopt) {
    throw new SkegError("usage", "--take-ownership needs --adopt", {
      hint: "Give both: --adopt takes over objects of no release, --take-ownership those of other releases, too.",
    });
  }
  return { adopt: flags.adopt, takeOwnership: flags["take-ownership"] };
}

/** `--ignore-helm3`, which Helm does not have. */
export const IGNORE_HELM3_FLAG = defineFlags({
  "ignore-helm3": {
    type: "bool",
    usage: "Change the release although it was migrated to Helm 3, which will not know of it",
  },
});

/** `--strict-fields`, which Helm does not have. */
export const STRICT_FIELDS_FLAG = defineFlags({
  "strict-fields": {
    type: "bool",
    usage: "Let the server refuse objects with unknown or repeated fields, which it otherwise drops with a warning",
  },
});

/** `--allow-empty`, which Helm does not have. */
export const ALLOW_EMPTY_FLAG = defineFlags({
  "allow-empty": { type: "bool", usage: "Do not fail when a release has no resources" },
});

/** `--show-release`, which Helm does not have. */
export const SHOW_RELEASE_FLAG = defineFlags({
  "show-release": {
    type: "bool",
    usage: "With --dry-run, print the release that would be created, in the format of --output",
  },
});

/** Returns the default keyring; help shows it. */
export function defaultKeyring(variables: (name: string) => string | undefined): string {
  return `${variables("HOME") ?? variables("USERPROFILE") ?? ""}/.gnupg/pubring.gpg`;
}

/** Throws, in Helm's words, when the number of arguments is wrong. */
export function requireArgs(args: readonly string[], ...names: string[]): void {
  if (args.length === names.length) return;
  const noun = names.length === 1 ? "argument" : "arguments";
  const message = `This command needs ${names.length} ${noun}: ${names.join(", ")}`;
  throw new UsageError(message, { type: "arguments", wanted: names, given: args });
}

/** Returns the first argument, for commands that ignore the others. */
export function requireRelease(args: readonly string[]): string {
  const [name] = args;
  if (name === undefined) {
    throw new UsageError("release name is required", { type: "arguments", wanted: ["release name"], given: args });
  }
  return name;
}

/** Formats of `-o`. */
export type OutputFormat = "table" | "json" | "yaml";

/**
 * Checks `-o` before anything is done. (Helm 2 finds a bad format only when
 * the release has changed already; the words are the same.)
 */
export function outputFormat(
  text: string,
  complain: (text: string) => string = (bad) => `unsupported format ${bad}`,
): OutputFormat {
  if (text === "table" || text === "json" || text === "yaml") return text;
  throw new UsageError(complain(text), { type: "choice", text, choices: ["table", "json", "yaml"] });
}

/** Returns the error text of `history` for an unknown format. */
export function unknownFormat(text: string): string {
  return `unknown output format ${quote(text)}`;
}

/** `--verify-strict`, for every command with `--verify`. */
export const VERIFY_STRICT_FLAG = defineFlags({
  "verify-strict": {
    type: "bool",
    usage:
      "Like --verify; also refuse weak signatures, expired keys, and archives whose digest differs from the index's",
  },
});

/**
 * `init`: sets up HELM_HOME. Helm 2 also installed Tiller here.
 *
 * Source: Helm 2.17.0, `cmd/helm/init.go`, `cmd/helm/installer`.
 *
 * @module
 */
import { callerOf } from "../_lib/caller.ts";
import { SkegError } from "../../errors.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { fetchOptions } from "../../app/fetching.ts";
import { helmHome } from "../../app/home.ts";
import { say } from "../_lib/print.ts";
import { quote } from "../../engine/base/mod.ts";
import { INIT_SENTENCES, noteFlagsWithoutEffect } from "../_lib/without_tiller.ts";
import { UsageError } from "../_lib/usage_error.ts";

/** Former address of the repository `stable`. */
const DEPRECATED_STABLE_URL = "https://kubernetes-charts.storage.googleapis.com";

const FLAGS = defineFlags({
  "automount-service-account-token": {
    type: "bool",
    usage: "Auto-mount the given service account to tiller",
    default: true,
  },
  "canary-image": { type: "bool", usage: "Use the canary Tiller image" },
  "client-only": { type: "bool", short: "c", usage: "If set does not install Tiller" },
  "dry-run": { type: "bool", usage: "Do not install local or remote" },
  "force-upgrade": { type: "bool", usage: "Force upgrade of Tiller to the current helm version" },
  "history-max": {
    type: "int",
    usage: "Limit the maximum number of revisions saved per release. Use 0 for no limit.",
  },
  "local-repo-url": {
    type: "string",
    usage: "URL for local repository",
    default: "http://127.0.0.1:8879/charts",
  },
  "net-host": { type: "bool", usage: "Install Tiller with net=host" },
  "node-selectors": {
    type: "string",
    usage: "Labels to specify the node on which Tiller is installed (app=tiller,helm=rocks)",
  },
  "output": {
    type: "OutputFormat",
    complete: { words: ["json", "yaml"] },
    short: "o",
    usage: "Skip installation and output Tiller's manifest in specified format (json or yaml)",
    check: (value) =>
      value === "json" || value === "yaml" ? undefined : `unknown output format ${quote(String(value))}`,
  },
  "override": {
    type: "stringArray",
    usage: "Override values for the Tiller Deployment manifest " +
      "(can specify multiple or separate values with commas: key1=val1,key2=val2)",
  },
  "replicas": { type: "int", usage: "Amount of tiller instances to run on the cluster", default: 1 },
  "service-account": { type: "string", usage: "Name of service account" },
  "skip-refresh": { type: "bool", usage: "Do not refresh (download) the local repository cache" },
  "skip-repos": { type: "bool", usage: "Skip adding the stable and local repositories" },
  "stable-repo-url": {
    type: "string",
    usage: "URL for stable repository",
    default: "https://charts.helm.sh/stable",
  },
  "tiller-image": { type: "string", short: "i", usage: "Override Tiller image" },
  "tiller-tls": { type: "bool", usage: "Install Tiller with TLS enabled" },
  "tiller-tls-cert": { type: "string", complete: "file", usage: "Path to TLS certificate file to install with Tiller" },
  "tiller-tls-hostname": {
    type: "string",
    usage: "The server name used to verify the hostname on the returned certificates from Tiller",
  },
  "tiller-tls-key": { type: "string", complete: "file", usage: "Path to TLS key file to install with Tiller" },
  "tiller-tls-verify": {
    type: "bool",
    usage: "Install Tiller with TLS enabled and to verify remote certificates",
  },
  "tls-ca-cert": { type: "string", complete: "file", usage: "Path to CA root certificate" },
  "upgrade": { type: "bool", usage: "Upgrade if Tiller is already installed" },
  "use-deprecated-stable-repository": {
    type: "bool",
    usage: "Use the old (googleapis) repository URL even though that URL is being shutdown.",
  },
  "wait": { type: "bool", usage: "Block until Tiller is running and ready to receive requests" },
});

/** `init`. */
export const command = defineCommand({
  usage: "",
  long: `
Sets up $HELM_HOME: its folders, the list of chart repositories with 'stable' and
'local' in it, and the index of 'stable'. Existing files are not changed.

Nothing is installed into the cluster, because nothing is needed there: this program
does itself what Tiller did. The flags that say how Tiller is installed are accepted,
so that scripts keep working, and a line on standard error says that they have no
effect. '--output' is refused: there is no manifest to print.`,
  example: `  # Before the first use of chart repositories
  helm init --client-only

  # With a mirror of the stable charts
  helm init --client-only --stable-repo-url https://charts.example.com/stable`,
  flags: FLAGS,
  run: async (context) => {
    const { args, flags, given, globals, print, variables } = context;
    if (args.length > 0) {
      throw new UsageError("This command does not accept arguments", { type: "arguments", wanted: [], given: args });
    }
    if (flags.output !== "") {
      throw new SkegError("usage", "--output prints the manifest of Tiller, and there is none: Tiller is not needed", {
        hint: "Leave --output out; 'helm init --client-only' sets up $HELM_HOME.",
      });
    }
    noteFlagsWithoutEffect(context, INIT_SENTENCES);
    if (given.has("history-max")) {
      print.err(
        "WARNING: --history-max is not remembered, as there is no Tiller to keep it. " +
          "Set $TILLER_HISTORY_MAX, or give --history-max to upgrade and rollback.\n",
      );
    }
    if (flags["dry-run"]) return;
    const home = helmHome(globals.home, variables).folder;
    const { setUpHome } = await import("../../engine/chart/repo/mod.ts");
    try {
      await setUpHome(home, {
        ...fetchOptions(callerOf(context)),
        stableUrl: flags["use-deprecated-stable-repository"] ? DEPRECATED_STABLE_URL : flags["stable-repo-url"],
        localUrl: flags["local-repo-url"],
        skipRefresh: flags["skip-refresh"],
        skipRepositories: flags["skip-repos"],
        report: (text) => say(print, text),
      });
    } catch (error) {
      if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
      throw new SkegError(error.kind, `error initializing: ${error.message}`, {
        cause: error,
        hint: flags["skip-refresh"] || flags["skip-repos"]
          ? error.hint
          : "Without network, type 'skeg init --client-only --skip-refresh'; 'skeg repo update' gets the index later.",
      });
    }
    print.out(`$HELM_HOME has been configured at ${home}.\n`);
    print.out(
      flags["client-only"]
        ? "Not installing Tiller due to 'client-only' flag having been set\n"
        : "Nothing has been installed into the cluster: Tiller is not needed\n",
    );
  },
});

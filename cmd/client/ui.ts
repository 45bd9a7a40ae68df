/**
 * `ui`: shows releases in the browser.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { helmHome } from "../../app/home.ts";
import type { SkegOptions } from "../../app/skeg_options.ts";
import { namedContexts } from "../../app/ui_contexts.ts";
import { type ContextEntry, serveUi, type UiEnd, type UiServer } from "../../app/ui/mod.ts";
import { environmentVariables } from "../../app/variables.ts";
import type { StorageName } from "../../storage/mod.ts";
import { shellWord } from "../_lib/advice.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { tellNote } from "../_lib/log.ts";
import { openBrowser } from "../_lib/open_browser.ts";
import { OWN_VERSION } from "../_lib/own_version.ts";
import { programName } from "../_lib/program_name.ts";
import { statusOfSignal } from "../_lib/signals.ts";
import { checkReadSandbox } from "../_lib/target.ts";
import { onTypedLetter } from "../_lib/typed_letters.ts";
import { UsageError } from "../_lib/usage_error.ts";

const flags = defineFlags({
  "all-contexts": { type: "bool", usage: "Show the clusters of all contexts of the kubeconfig" },
  "allow-secrets": { type: "bool", usage: "Let the page show single secrets; the terminal names each" },
  "allow-write": { type: "bool", usage: "Let the page apply plans that it has shown" },
  "contexts": {
    type: "valueFiles",
    complete: "context",
    usage: "Show the clusters of these contexts, separated by commas",
  },
  "idle": {
    type: "int",
    default: 60,
    usage: "End after so many minutes without an open page; 0: never",
    check: (minutes) => Number(minutes) >= 0 ? undefined : "it must be at least 0",
  },
  "no-open": { type: "bool", usage: "Do not open the browser" },
  "port": {
    type: "int",
    usage: "Port of 127.0.0.1 to listen on; 0 chooses a free one",
    check: (port) => Number(port) >= 0 && Number(port) <= 65_535 ? undefined : "it must be 0 to 65535",
  },
});

type UiContext = Context<typeof flags>;

/** Name of the sandbox in addresses of the page. */
const SANDBOX = "sandbox";
/** Name of the cluster around this pod. */
const IN_CLUSTER = "in-cluster";

/** Returns the contexts that the flags choose. */
async function contextsOf({ flags, globals, variables }: UiContext): Promise<ContextEntry[]> {
  const { contexts, "all-contexts": all } = flags;
  if (contexts.length > 0 && all) throw new SkegError("usage", "--contexts cannot be used with --all-contexts");
  if (globals.sandbox !== "") {
    if (contexts.length > 0 || all) {
      throw new SkegError("usage", "--sandbox cannot be used with --contexts or --all-contexts");
    }
    return [{ name: SANDBOX, namespace: "default", current: true }];
  }
  const found = await namedContexts({
    contexts,
    all,
    context: globals["kube-context"],
    kubeconfig: globals.kubeconfig,
    env: environmentVariables(variables),
  });
  return found.map((context) => ({ ...context, name: context.name || IN_CLUSTER }));
}

/** Returns the options of the library for a context. */
function libraryOptions({ globals, variables }: UiContext, context: string): SkegOptions {
  const text = (given: string): string | undefined => given === "" ? undefined : given;
  return {
    kubeconfig: text(globals.kubeconfig),
    context: globals.sandbox !== "" || context === IN_CLUSTER ? undefined : context,
    sandbox: text(globals.sandbox),
    storage: globals.storage as StorageName,
    tillerNamespace: globals["tiller-namespace"],
    sqlConnectionString: text(globals["sql-connection-string"]),
    sqlCreateSchema: globals["sql-create-schema"],
    home: helmHome(globals.home, variables).folder,
    historyMax: globals["history-max"],
    parallelism: globals.parallelism,
  };
}

/** Returns the flags that choose the cluster and its records, as they are typed. */
function globalFlags({ globals, given }: UiContext, context: string, isOnly: boolean): string {
  const { sandbox } = globals;
  const isCurrent = isOnly && globals["kube-context"] === "" || sandbox !== "" || context === IN_CLUSTER;
  const words = [
    ...globals.kubeconfig === "" ? [] : ["--kubeconfig", shellWord(globals.kubeconfig)],
    ...isCurrent ? [] : ["--kube-context", shellWord(context)],
    ...sandbox === "" ? [] : [sandbox === "default" ? "--sandbox" : `--sandbox=${shellWord(sandbox)}`],
    ...given.has("storage") ? ["--storage", globals.storage] : [],
    ...given.has("tiller-namespace") ? ["--tiller-namespace", shellWord(globals["tiller-namespace"])] : [],
    ...given.has("home") ? ["--home", shellWord(globals.home)] : [],
  ];
  return words.join(" ");
}

async function run(context: UiContext): Promise<number | void> {
  const { globals, print, signal, variables, args } = context;
  const { port, idle, "no-open": noOpen, "allow-write": allowWrite, "allow-secrets": allowSecrets } = context.flags;
  if (args.length > 0) {
    throw new UsageError("This command does not accept arguments", { type: "arguments", wanted: [], given: args });
  }
  const contexts = await contextsOf(context);
  const tellOfNew = await checkReadSandbox(context);
  const release = context.holdSignals();
  try {
    const server = await serveUi({
      port,
      contexts,
      open: (name) => libraryOptions(context, name),
      program: programName(variables),
      version: OWN_VERSION,
      globalFlags: (name) => globalFlags(context, name, contexts.length === 1),
      storage: globals.storage,
      tillerNamespace: globals["tiller-namespace"],
      sandbox: globals.sandbox !== "",
      allowWrite,
      allowSecrets,
      idleMinutes: idle,
      readAhead: true,
      home: helmHome(globals.home, variables).folder,
      say: (line) => print.err(`${line}\n`),
      signal,
    });
    const address = await server.start();
    print.out(`${programName(variables)} ui: ${address}\n`);
    tellOfNew();
    if (!noOpen && !await openBrowser(address)) {
      tellNote(print, "no browser could be opened: open the address yourself");
    }
    return statusOfEnd(await untilEnd(server, context), context);
  } finally {
    release();
  }
}

/** Waits for the end. The letter `o` prints a new start code. */
async function untilEnd(server: UiServer, { print, variables }: UiContext): Promise<UiEnd> {
  const stop = onTypedLetter("o", async () => print.out(`${programName(variables)} ui: ${await server.start()}\n`));
  try {
    return await server.finished;
  } finally {
    stop();
  }
}

function statusOfEnd(end: UiEnd, { flags, print, signal }: UiContext): number | void {
  if (end === "guesses") {
    throw new SkegError("usage", "ten wrong start codes or tokens came: the page was closed", {
      hint: "Another program or page on this machine guesses them. Start again when you know which.",
    });
  }
  if (end === "idle") tellNote(print, `no page was open for ${flags.idle} minutes`);
  return statusOfSignal(signal);
}

/** `ui`. */
export const command = defineCommand({
  usage: "",
  long: `
Shows the releases in the browser: what is there, if it is well, what changed and when,
why, and what an upgrade would do. Every view has a button that copies the command line
which shows or does the same.

The page is served on 127.0.0.1 to this machine alone, and works with the rights of your
kubeconfig. The address that is printed holds a start code, which works once and for one
minute; type 'o' for a new one. Ctrl-C ends the page, and so does an hour without a tab.

Nothing can be changed without '--allow-write'. With it, a plan that the page has shown
can be applied. Secrets are masked. '--allow-secrets' lets the page show single ones.`,
  example: `  # The current context of the kubeconfig
  helm ui

  # Several clusters on one page
  helm ui --contexts staging,production

  # Try it without a cluster
  helm ui --sandbox

  # On another machine: print the address, and reach it by a tunnel to the same port
  helm ui --no-open --port 8479`,
  flags,
  run,
});

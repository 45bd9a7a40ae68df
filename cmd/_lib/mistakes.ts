/**
 * Advice for mistakes on a command line: names that were meant, and the words for what Helm 3 calls differently.
 *
 * Loaded only when there is such a mistake.
 *
 * @module
 */
import type { Flags } from "./command.ts";
import { nearest, orList } from "../../engine/base/mod.ts";
import type { Mistake } from "./usage_error.ts";
import { secondsOf } from "./values.ts";

/** The command line around a mistake. */
export interface MistakeContext {
  /** Names of the command, without the program's: `["repo", "add"]`. */
  readonly path: readonly string[];
  /** Flags of the command, global ones included. */
  readonly flags: Flags;
  /** Flags of other commands by name, and the commands that have them. */
  readonly elsewhere: () => Promise<ReadonlyMap<string, readonly string[]>>;
  /** Names of all commands on the first level. */
  readonly commands: readonly string[];
}

/** Returns the hint for a mistake; `undefined` when there is nothing to say that the message does not. */
export async function adviceFor(mistake: Mistake, context: MistakeContext): Promise<string | undefined> {
  switch (mistake.type) {
    case "unknown-flag":
      return await flagAdvice(mistake.flag, context);
    case "unknown-shorthand":
      return shorthandAdvice(mistake.letter, mistake.word, context);
    case "flag-value":
      return valueAdvice(mistake.flag, mistake.text, context)
        ?.replace(`--${mistake.flag} `, mistake.variable === undefined ? "$&" : `${mistake.variable}=`);
    case "flag-needs-value":
      return `Write --${mistake.flag} VALUE, or --${mistake.flag}=VALUE.`;
    case "unknown-command":
      return commandAdvice(mistake.word, mistake.rest);
    case "arguments":
      return argumentAdvice(mistake.wanted, mistake.given, context);
    case "choice": {
      const [meant] = nearest(mistake.text, mistake.choices);
      return meant === undefined
        ? `Use ${orList(mistake.choices)}.`
        : `Did you mean ${meant}? Use ${orList(mistake.choices)}.`;
    }
  }
}

/** Flags of Helm 3, Helm 4 and kubectl, and their counterparts here. */
const OTHER_FLAGS: Readonly<Record<string, string>> = {
  "all-namespaces": "It is not needed: releases of all namespaces are shown.",
  "cascade": "Objects are deleted in the background, as in Helm 2.",
  "context": "It is --kube-context here.",
  "create-namespace": "It is not needed: a namespace that does not exist is created.",
  "dependency-update": "It is --dep-up here.",
  "disable-openapi-validation": "It is not needed: install and upgrade do not check objects against OpenAPI.",
  "filter": "Give the filter as an argument: 'skeg list FILTER'.",
  "force-replace": "It is --force here.",
  "generate-name": "It is not needed: without --name, a name is generated.",
  "ignore-not-found": "List the release first, such as with 'skeg list --all --short'.",
  "include-crds": "It is not needed: CRDs of Helm 2 charts are templates or hooks.",
  "keep-history": "Leave it out: the history is kept unless --purge is given.",
  "kube-apiserver": "Write the server into a kubeconfig, and name that with --kubeconfig.",
  "kube-as-user": "Write 'as' into the user of a kubeconfig, and name that with --kubeconfig.",
  "kube-token": "Write the token into a kubeconfig, and name that with --kubeconfig.",
  "no-headers": "Use --short, or --output json.",
  "post-renderer": "There is none here: change the chart, or use the output of 'skeg template'.",
  "registry-config": "Set $DOCKER_CONFIG to the folder of config.json.",
  "reset-then-reuse-values": "Use --reuse-values, and --set for what differs.",
  "rollback-on-failure": "It is --atomic here.",
  "set-json": "JSON is YAML: write it into a file, and give that with -f.",
  "set-literal": "Use --set-string, and put a backslash before every comma.",
  "show-only": "It is -x, --execute here.",
  "skip-crds": "It is --no-crd-hook here.",
  "superseded": "Use 'skeg history RELEASE': list shows the newest revision of each release.",
  "uninstalled": "It is --deleted here.",
  "uninstalling": "It is --deleting here.",
  "validate": "Use 'skeg install --dry-run', which asks the cluster.",
};

async function flagAdvice(flag: string, context: MistakeContext): Promise<string | undefined> {
  const [group = ""] = context.path;
  if ((group === "plan" || group === "diff") && (flag === "dry-run" || flag === "confirm")) {
    return `It is not needed: 'skeg ${group}' changes nothing.`;
  }
  const meant = nearest(flag, shownFlags(context.flags));
  const known = Object.hasOwn(OTHER_FLAGS, flag) ? OTHER_FLAGS[flag] : undefined;
  const renamed = /^It is (?:-., )?--([\w-]+) here\.$/.exec(known ?? "")?.[1];
  if (known !== undefined && (renamed === undefined || Object.hasOwn(context.flags, renamed))) return known;
  if (/^no-./.test(flag) && context.flags[flag.slice(3)]?.type === "bool") return `Use --${flag.slice(3)}=false.`;
  if (meant.length > 0) return `Did you mean ${orList(meant.map((name) => `--${name}`))}?`;
  const others = (await context.elsewhere()).get(flag) ?? [];
  if (others.length > 0) return `--${flag} is a flag of ${orList(others.slice(0, 3))}.${allFlags(context)}`;
  return allFlags(context).trim();
}

function allFlags({ path }: MistakeContext): string {
  return ` 'skeg ${["help", ...path].join(" ")}' lists the flags.`;
}

function shownFlags(flags: Flags): string[] {
  return Object.entries(flags).filter(([, flag]) => flag.deprecated === undefined).map((
    [name],
  ) => name);
}

function shorthandAdvice(letter: string, word: string, context: MistakeContext): string | undefined {
  const name = word.slice(1).split("=")[0] ?? "";
  const long = [...Object.hasOwn(context.flags, name) ? [name] : [], ...nearest(name, shownFlags(context.flags))];
  if (name.length > 2 && long.length > 0) return `Did you mean --${long[0]}? Long flags begin with two dashes.`;
  if (/^-\d/.test(word)) return `If ${word} is an argument, put it behind --: everything after -- is an argument.`;
  if (letter === "A") return "It is not needed: releases of all namespaces are shown.";
  if (letter === "g" && context.path[0] === "install") return "It is not needed: without --name, a name is generated.";
  return allFlags(context).trim();
}

/** Numbers that make sense, by flag. */
const EXAMPLES: Readonly<Record<string, number>> = { "col-width": 60, "port": 6443, "revision": 1, "v": 6 };

function valueAdvice(name: string, text: string, { flags }: MistakeContext): string | undefined {
  const flag = flags[name];
  const short = flag?.short === undefined ? "" : `, -${flag.short}`;
  switch (flag?.type) {
    case "bool":
      return name === "dry-run"
        ? "Use --dry-run alone: the objects are checked by the cluster, and nothing is changed."
        : `--${name}${short} is on or off: use --${name}, or --${name}=false.`;
    case "int":
    case "int32":
    case "uint":
    case "uint32": {
      const seconds = secondsOf(text);
      if (flag.seconds && seconds !== undefined) return `Use seconds: --${name} ${seconds}.`;
      return flag.seconds
        ? `Use a number of seconds, such as --${name} 300.`
        : `Use a whole number, such as --${name} ${EXAMPLES[name] ?? 10}.`;
    }
    default:
      return undefined;
  }
}

/** Commands of Helm 3, Helm 4 and kubectl, and their counterparts here; `…` stands where the arguments go. */
const OTHER_COMMANDS: Readonly<Record<string, string>> = {
  uninstall: "skeg delete --purge …",
  un: "skeg delete --purge …",
  pull: "skeg fetch …",
  show: "skeg inspect …",
  env: "skeg home --debug",
  deploy: "skeg upgrade --install RELEASE CHART",
  build: "skeg package …",
  logs: "skeg test --logs …",
  ps: "skeg list …",
  releases: "skeg list …",
  destroy: "skeg delete --purge …",
  purge: "skeg delete --purge …",
  undo: "skeg rollback …",
  info: "skeg status …",
  describe: "skeg status …",
  add: "skeg repo add …",
  index: "skeg repo index …",
  render: "skeg template …",
  dep: "skeg dependency …",
  values: "skeg get values …",
  manifest: "skeg get manifest …",
  notes: "skeg get notes …",
  hooks: "skeg get hooks …",
};

/** Commands of Helm 3 that have no counterpart here, and why. */
const NO_COMMANDS: Readonly<Record<string, string>> = {
  registry: "Registries need no login here: credentials are read where 'docker login' keeps them.",
  login: "Registries need no login here: credentials are read where 'docker login' keeps them.",
  logout: "Registries need no login here: credentials are read where 'docker login' keeps them.",
  "2to3": "It is a plugin of Helm 3: run it with Helm 3.",
};

function commandAdvice(word: string, rest: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  if (Object.hasOwn(NO_COMMANDS, lower)) return NO_COMMANDS[lower];
  const other = Object.hasOwn(OTHER_COMMANDS, lower) ? OTHER_COMMANDS[lower] : undefined;
  if (other === undefined) return undefined;
  const words = lower === "show" && rest[0] === "all" ? rest.slice(1) : rest;
  return `Type '${other.replace("…", words.map(plainWord).join(" ")).trim()}'.`;
}

/** Quotes inside a quoted command line would end it. */
const plainWord = (word: string): string => /^[\w./:=@%+,-]+$/.test(word) ? word : `"${word.replaceAll(/["']/g, "")}"`;

/** Arguments as advice shows them: Helm's words → a placeholder. */
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  "chart name": "CHART",
  "chart path": "CHART",
  "chart archive": "CHART.tgz",
  "repository/chart": "REPOSITORY/CHART",
  "address of a registry": "oci://HOST/PATH",
  "name for the chart repository": "NAME",
  "path to a directory": "FOLDER",
  "plugin": "PATH_OR_URL",
  "release name": "RELEASE",
  "revision number": "REVISION",
  "the url of the chart repository": "URL",
};

function argumentAdvice(
  wanted: readonly string[],
  given: readonly string[],
  { path }: MistakeContext,
): string | undefined {
  const [command = ""] = path;
  const line = ["skeg", ...path].join(" ");
  const [first = "", second = ""] = given;
  if (command === "install" && given.length === 2 && !(looksLikeChart(first) && looksLikeChart(second))) {
    const [name, chart] = looksLikeChart(first) && !looksLikeChart(second) ? [second, first] : [first, second];
    return `The name goes into --name: '${line} ${plainWord(chart)} --name ${plainWord(name)}'.`;
  }
  const names = wanted.map((name) => PLACEHOLDERS[name] ?? name.replaceAll(" ", "_").toUpperCase());
  if (given.length > wanted.length) {
    const were = given.length === 1 ? "1 was" : `${given.length} were`;
    return `${were} given: ${given.join(", ")}. Type '${[line, ...names].join(" ")}'.`;
  }
  return `Type '${[line, ...given.map(plainWord), ...names.slice(given.length)].join(" ")}'.`;
}

/** True for a word that can be a chart and no release name. */
export function looksLikeChart(word: string): boolean {
  return /[/\\]|\.tgz$|^\.+$|^oci:/.test(word);
}

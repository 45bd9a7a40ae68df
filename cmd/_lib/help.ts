/**
 * Help pages and errors for unknown commands.
 *
 * Layout and wording follow the library that Helm 2 was built with.
 *
 * Source: Helm 2.17.0 with cobra 0.0.5 (`command.go`) and pflag 1.0.5 (`flag.go`).
 *
 * @module
 */
import type { Command, CommandEntry, Flag, Flags, Variables } from "./command.ts";

import { CONNECTION_SENTENCES, INIT_SENTENCES } from "./without_tiller.ts";
import { type AnyValue, defaultValue } from "./parse.ts";
import { distance, quote } from "../../engine/base/mod.ts";

/** Data of a help page. */
export interface HelpSubject {
  /** The root first. */
  readonly path: readonly CommandEntry[];
  /** Absent for groups without an action. */
  readonly command: Command | undefined;
  /** The command's own flags, `help` included. */
  readonly flags: Flags;
  /** Global flags; empty for the root itself. */
  readonly globals: Flags;
  readonly variables: Variables;
}

/** Returns the whole page, final newline included. */
export function helpPage(subject: HelpSubject): string {
  const entry = subject.path.at(-1);
  const text = subject.command?.long ?? entry?.long ?? "";
  return `${(text === "" ? entry?.summary ?? "" : text).trimEnd()}\n\n${usagePage(subject)}`;
}

/** Returns the page from `Usage:` on, final newline included. */
export function usagePage(subject: HelpSubject): string {
  const { path, command, flags, globals, variables } = subject;
  const entry = path.at(-1);
  const name = path.map((each) => each.name).join(" ");
  const children = (entry?.children ?? []).filter((child) => !child.hidden && child.deprecated === undefined);
  const parts: string[] = ["Usage:"];
  if (command !== undefined) parts.push(`  ${usageLine(path, command)}`);
  if (children.length > 0) parts.push(`  ${name} [command]`);
  if (entry?.aliases?.length) parts.push("", "Aliases:", `  ${[entry.name, ...entry.aliases].join(", ")}`);
  const example = command?.example ?? entry?.example;
  if (example !== undefined) parts.push("", "Examples:", example.replace(/^\n+|\n+$/g, ""));
  if (children.length > 0) parts.push("", "Available Commands:", ...commandLines(children));
  for (const { title, flags: group } of flagGroups({ path, flags, globals })) {
    parts.push("", `${title}:`, ...flagLines(group, variables));
  }
  if (children.length > 0) {
    parts.push("", `Use "${name} [command] --help" for more information about a command.`);
  }
  return parts.join("\n") + "\n";
}

/** Flags under a heading. */
export interface FlagGroup {
  readonly title: string;
  readonly flags: Flags;
}

/** Returns the flags of a page in groups; those that have no effect without Tiller come last. */
export function flagGroups({ path, flags, globals }: Pick<HelpSubject, "path" | "flags" | "globals">): FlagGroup[] {
  const sentences = path.at(-1)?.name === "init" && path.length === 2 ? INIT_SENTENCES : CONNECTION_SENTENCES;
  // A flag of the same name may have an effect elsewhere, as --wait has.
  const isIdle = (name: string) => Object.hasOwn(sentences, name);
  const pick = (all: Flags, idle: boolean): Flags =>
    Object.fromEntries(
      Object.entries(all).filter(([name, flag]) =>
        isIdle(name) === idle && flag.deprecated === undefined && flag.helm3 !== true
      ),
    );
  return [
    { title: "Flags", flags: pick(flags, false) },
    { title: "Global Flags", flags: pick(globals, false) },
    { title: "Flags without effect, as there is no Tiller", flags: { ...pick(flags, true), ...pick(globals, true) } },
  ].filter((group) => Object.keys(group.flags).length > 0);
}

/** Returns the usage line of a command. */
export function usageLine(path: readonly CommandEntry[], command: Command): string {
  const use = `${path.map((each) => each.name).join(" ")} ${command.usage}`.trimEnd();
  return use.includes("[flags]") ? use : `${use} [flags]`;
}

function commandLines(children: readonly CommandEntry[]): string[] {
  const width = Math.max(11, ...children.map((child) => child.name.length));
  return children.toSorted((a, b) => a.name < b.name ? -1 : 1)
    .map((child) => `  ${child.name.padEnd(width)} ${child.summary}`);
}

/** Returns the lines of a list of flags, in order. */
export function flagLines(flags: Flags, variables: Variables): string[] {
  const rows = Object.entries(flags)
    .filter(([, flag]) => flag.deprecated === undefined && flag.helm3 !== true)
    .toSorted(([a], [b]) => a < b ? -1 : 1)
    .map(([name, flag]) => [flagName(name, flag), flagUsage(flag, variables)] as const);
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, usage]) => `${name.padEnd(width)}   ${usage}`.trimEnd());
}

function flagName(name: string, flag: Flag): string {
  const start = flag.short === undefined ? "      " : `  -${flag.short}, `;
  const type = flag.type === "bool" ? "" : ` ${flag.type}`;
  return `${start}--${name}${type}${flag.bare === undefined ? "" : `[=${quote(flag.bare)}]`}`;
}

function flagUsage(flag: Flag, variables: Variables): string {
  const shown = defaultText(flag, defaultValue(flag, variables));
  return shown === "" ? flag.usage : `${flag.usage} (default ${shown})`;
}

/** Returns a default for help; empty for values that help does not show. */
function defaultText(flag: Flag, value: AnyValue): string {
  if (flag.type === "valueFiles") return "[]";
  if (flag.type === "string" && value !== "") return quote(String(value));
  if (typeof value === "number") return value === 0 ? "" : String(value);
  return value === true ? "true" : flag.type === "OutputFormat" ? String(value) : "";
}

/** Returns the error text for a first word that is not a command. Under Helm's name, only Helm's commands are suggested. */
export function unknownCommand(word: string, root: CommandEntry): string {
  const lines = [`unknown command ${quote(word)} for "${root.name}"`];
  const close = (root.children ?? []).filter((child) => suggests(child, word) && !(root.name === "helm" && child.own));
  if (close.length > 0) lines.push("", "Did you mean this?", ...close.map((child) => `\t${child.name}`), "");
  return lines.join("\n");
}

function suggests(entry: CommandEntry, word: string): boolean {
  // Helm 2: `help` is added after suggestions are computed, so it is never suggested.
  if (entry.hidden || entry.deprecated !== undefined || entry.name === "help") return false;
  const [name, typed] = [entry.name.toLowerCase(), word.toLowerCase()];
  return distance(typed, name) <= 2 || name.startsWith(typed) ||
    (entry.suggestFor?.some((other) => other.toLowerCase() === typed) ?? false);
}

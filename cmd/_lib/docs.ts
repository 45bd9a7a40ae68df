/**
 * Writes documentation from the table of commands: Markdown pages and manual pages.
 *
 * Source: Helm 2.17.0, `cmd/helm/docs.go` with cobra 0.0.5 (`doc`), for the layout.
 *
 * @module
 */
import type { CommandEntry, Variables } from "./command.ts";
import { flagGroups, flagLines, type HelpSubject, usageLine } from "./help.ts";
import { subjectOf } from "./subject.ts";

/** A page and the name of its file. */
export interface Page {
  /** Such as `helm_repo_add.md`. */
  readonly name: string;
  readonly text: string;
}

/** Returns pages for `root` and all commands below it, without hidden ones. */
export async function documentation(
  root: CommandEntry,
  kind: "markdown" | "man",
  variables: Variables,
): Promise<Page[]> {
  const subjects = await Promise.all(fromBelow([root]).map((path) => subjectOf(path, variables)));
  return subjects.map(kind === "markdown" ? markdownPage : manualPage);
}

/** Lists commands by name, each after its subcommands, in Helm 2's order; commands that Helm does not have come later. */
function fromBelow(path: readonly CommandEntry[]): (readonly CommandEntry[])[] {
  const children = childrenOf(path.at(-1)).toSorted((a, b) => Number(a.own ?? false) - Number(b.own ?? false));
  return [...children.flatMap((child) => fromBelow([...path, child])), path];
}

/** Returns the subcommands that help shows, by name, `help` last. */
function childrenOf(entry: CommandEntry | undefined): CommandEntry[] {
  const order = ({ name }: CommandEntry) => `${name === "help" ? 1 : 0}${name}`;
  return (entry?.children ?? []).filter(({ hidden, deprecated }) => !hidden && deprecated === undefined)
    .toSorted((a, b) => order(a) < order(b) ? -1 : 1);
}

const nameOf = (path: readonly CommandEntry[], between: string) => path.map(({ name }) => name).join(between);

/** Sentences and usage of a command. */
interface Parts {
  readonly summary: string;
  readonly long: string;
  /** Empty for groups without an action. */
  readonly usage: string;
  readonly example: string;
  readonly groups: readonly { readonly title: string; readonly lines: readonly string[] }[];
  /** Parent and child commands. */
  readonly related: readonly (readonly CommandEntry[])[];
}

function partsOf({ path, command, flags, globals, variables }: HelpSubject): Parts {
  const entry = path.at(-1);
  const parent = path.slice(0, -1);
  const children = childrenOf(entry);
  return {
    summary: entry?.summary ?? "",
    long: (command?.long ?? entry?.long ?? "").trim(),
    usage: command === undefined ? "" : usageLine(path, command),
    example: (command?.example ?? entry?.example ?? "").replace(/^\n+|\n+$/g, ""),
    groups: flagGroups({ path, flags, globals }).map((group) => ({
      title: group.title,
      lines: flagLines(group.flags, variables),
    })),
    related: [...parent.length > 0 ? [parent] : [], ...children.map((child) => [...path, child])],
  };
}

function markdownPage(subject: HelpSubject): Page {
  const parts = partsOf(subject);
  const block = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`### ${title}`, "", "```", ...lines, "```", ""];
  const lines = [
    `## ${nameOf(subject.path, " ")}`,
    "",
    parts.summary,
    "",
    "### Synopsis",
    "",
    // A paragraph that begins with a blank or a tab is code in Markdown too.
    ...(parts.long === "" ? parts.summary : parts.long).split("\n"),
    "",
    ...(parts.usage === "" ? [] : ["```", parts.usage, "```", ""]),
    ...aliases(subject),
    ...block("Examples", parts.example === "" ? [] : parts.example.split("\n")),
    ...parts.groups.flatMap(({ title, lines }) => block(title, lines)),
    "### SEE ALSO",
    "",
    ...parts.related.map((path) =>
      `* [${nameOf(path, " ")}](${nameOf(path, "_")}.md)\t - ${path.at(-1)?.summary ?? ""}`
    ),
  ];
  return { name: `${nameOf(subject.path, "_")}.md`, text: lines.join("\n").trimEnd() + "\n" };
}

function aliases({ path }: HelpSubject): string[] {
  const names = path.at(-1)?.aliases ?? [];
  return names.length === 0 ? [] : [`Also: ${names.map((name) => `\`${name}\``).join(", ")}`, ""];
}

/** Escapes text for a manual page, so that it contains no formatter commands. */
const roff = (text: string) => text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/gm, "\\&$1");

function manualPage(subject: HelpSubject): Page {
  const parts = partsOf(subject);
  const title = nameOf(subject.path, "-");
  const section = (name: string, text: string) =>
    text === "" ? [] : [`.SH ${name}`, ".nf", roff(text.replace(/^\n+|\n+$/g, "")), ".fi"];
  const lines = [
    `.TH "${title.toUpperCase()}" "1"`,
    ".nh",
    ".ad l",
    ".SH NAME",
    roff(`${title} - ${parts.summary}`),
    ...section("SYNOPSIS", parts.usage || `${nameOf(subject.path, " ")} [command]`),
    ...section("DESCRIPTION", parts.long || parts.summary),
    ...section("EXAMPLES", parts.example),
    ...parts.groups.flatMap(({ title, lines }) => section(title.toUpperCase(), lines.join("\n"))),
    ...section("SEE ALSO", parts.related.map((path) => `${nameOf(path, "-")}(1)`).join(", ")),
  ];
  return { name: `${title}.1`, text: lines.join("\n") + "\n" };
}

/**
 * A report of changes as text: objects, fields, reasons, risks and a summary.
 *
 * @module
 */
import { counted } from "../../engine/base/mod.ts";
import type { Action, Change, ChangeReport, ObjectChange } from "../../engine/kube/explain/mod.ts";
import { pathText } from "../../engine/kube/explain/mod.ts";
import { causeText } from "./changes_cause.ts";
import { type ChangeLine, chop, withNote, wrap } from "./changes_layout.ts";
import { headText, summaryText } from "./changes_summary.ts";
import { changedLines } from "./changes_values.ts";
import type { Colour } from "./print.ts";

/** Choices of the text. */
export interface TextChoices {
  /** Unchanged lines around a change in a long text; -1 shows all. */
  readonly context: number;
  /** If true, shows new and deleted objects in full, and does not cut long objects. */
  readonly full: boolean;
  /** If true, shows only the head, the risks and the summary. */
  readonly summary: boolean;
  /** The current time, for ages. */
  readonly now: Date;
}

/** Objects with more lines than this are cut. */
const OBJECT_LINES_MAX = 400;

const SIGNS: Readonly<Record<Action, string>> = {
  create: "+",
  update: "~",
  delete: "-",
  recreate: "~",
  keep: "=",
  adopt: "~",
  none: "=",
  refused: "~",
  missing: "!",
};

/** Colours of signs; the signs carry the meaning. */
const COLOURS: Readonly<Record<string, Colour | undefined>> = {
  "+": "green",
  "-": "red",
  "~": "yellow",
  "!": "magenta",
  "=": "dim",
  ">": "blue",
};

/** Returns the lines of a report, each at most 80 columns wide. */
export function reportLines(report: ChangeReport, choices: TextChoices): ChangeLine[] {
  const lines: ChangeLine[] = wrap(headText(report, choices.now), "", "  ").map((text) => ({ text }));
  if (!choices.summary) {
    const hooks = report.hooks.flatMap(hookLines);
    const objects = report.objects.filter((object) => choices.full || !isHeld(object))
      .flatMap((object) => objectLines(object, report, choices));
    if (objects.length + hooks.length > 0) lines.push({ text: "" }, ...objects, ...hooks);
  }
  lines.push({ text: "" });
  lines.push(...wrap(summaryText(report)).map((text) => ({ text })));
  return [...lines, ...report.risks.flatMap(riskLines)];
}

/** True for an object that stays as it is, with fields that are kept for other managers: the summary counts them. */
function isHeld({ action, changes }: ObjectChange): boolean {
  return action === "none" && changes.length > 0 && changes.every(({ cause }) => cause.includes("manager"));
}

function hookLines({ event, kind, name, weight, policies }: ChangeReport["hooks"][number]): ChangeLine[] {
  const replaced = policies.includes("before-hook-creation") ? ", replaced" : "";
  const text = `> ${event.padEnd(13)} ${`${kind}/${name}`.padEnd(24)}   weight ${weight}${replaced}`;
  return wrap(text, "", "    ").map((line) => ({ text: line, colour: COLOURS[">"] }));
}

/** Returns the lines of a risk: level, code, object and sentence. */
export function riskLines({ level, code, object, text }: ChangeReport["risks"][number]): ChangeLine[] {
  const head = `${level === "danger" ? "DANGER" : level} ${code}`.padEnd(level === "danger" ? 17 : 12);
  const colour: Colour | undefined = level === "danger" ? "red" : level === "warn" ? "yellow" : undefined;
  const indent = " ".repeat(head.length + 1);
  return wrap(`${object}: ${text}`, `${head} `, indent).map((line) => ({ text: line, colour }));
}

function objectLines(object: ObjectChange, report: ChangeReport, choices: TextChoices): ChangeLine[] {
  const isLive = report.operation === "live";
  const sign = isLive ? "!" : SIGNS[object.action];
  const note = report.operation === "delete" && object.action === "delete" ? "" : headNote(object, report, choices.now);
  const head = withNote(chop(`${sign} ${nameOf(object, report)}`, "", "    "), note);
  const lines: ChangeLine[] = head.map((text) => ({ text, colour: COLOURS[sign] }));
  if (object.suppressed) return [...lines, { text: "    changes are not shown (--suppress)" }];
  for (const change of object.changes) {
    if (change.path === "" && !choices.full) continue;
    lines.push(...changeLines(change, choices, isLive));
  }
  if (choices.full || lines.length <= OBJECT_LINES_MAX) return lines;
  const cut = lines.length - OBJECT_LINES_MAX;
  return [...lines.slice(0, OBJECT_LINES_MAX), { text: `    ... ${counted(cut, "more line")} (--full shows all)` }];
}

function nameOf({ id, action, hook }: ObjectChange, report: ChangeReport): string {
  const elsewhere = id.namespace !== "" && id.namespace !== report.release.namespace;
  const gone = action === "missing" ? " is gone" : "";
  return `${id.kind}/${id.name}${elsewhere ? ` in ${id.namespace}` : ""}${hook ? " (hook)" : ""}${gone}`;
}

/** Codes of risks about objects that the release did not create. */
const FOREIGN: ReadonlySet<string> = new Set(["foreign", "other-release"]);

/** Returns the note beside an object's name. */
function headNote(object: ObjectChange, { risks }: ChangeReport, now: Date): string {
  const { action, id, restarts, changes } = object;
  const [whole] = changes;
  const cause = whole === undefined || whole.path !== "" ? "" : causeText(whole, now);
  switch (action) {
    case "create":
      return cause === "" ? "new" : `new: ${cause}`;
    case "delete":
      if (whole?.cause.length === 1 && whole.cause[0] === "chart") return "chart: no longer in it";
      return cause === "" ? "no longer in it" : `${cause}: no longer in it`;
    case "keep":
      return "kept: resource policy keep";
    case "recreate":
      return "deleted and created again";
    case "refused":
      return risks.some((risk) => FOREIGN.has(risk.code) && risk.object === `${id.kind}/${id.name}`)
        ? "exists already"
        : "refused by the server";
    case "adopt":
      return "taken over";
  }
  const moved = id.version === undefined ? [] : [`${id.version.from} -> ${id.version.to}`];
  const pods = restarts === undefined ? [] : [restarts === 0 ? "restart" : `restart, ${counted(restarts, "pod")}`];
  return [...moved, ...pods].join(", ");
}

function changeLines(change: Change, { context, now }: TextChoices, isLive: boolean): ChangeLine[] {
  const lines: ChangeLine[] = change.path === "" ? [] : wrapPath(pathText(change.path)).map((text) => ({ text }));
  if (STAYING.some((cause) => change.cause.includes(cause))) return [...lines, ...stayingLines(change, now)];
  const values = change.order
    ? orderLines(change)
    : changedLines(change.before, change.after, context).map(({ sign, text }) => ({ sign: String(sign), text }));
  const note = change.path === "" ? "" : causeText(change, now, isLive);
  values.forEach(({ sign, text }, at) => {
    const chopped = chop(text, `  ${sign}   `, `  ${sign}     `);
    const noted = at === values.length - 1 ? withNote(chopped, note) : chopped;
    lines.push(...noted.map((line) => ({ text: line.trimEnd(), colour: COLOURS[sign] })));
  });
  if (values.length === 0 && note !== "") lines.push(...wrap(note, "      ").map((text) => ({ text })));
  return lines;
}

function orderLines({ before, after }: Change): { readonly sign: string; readonly text: string }[] {
  const text = (ids: unknown): string => `order: ${Array.isArray(ids) ? ids.join(", ") : ""}`;
  return [{ sign: "-", text: text(before) }, { sign: "+", text: text(after) }];
}

/** Causes of fields that stay as they are in the cluster. */
const STAYING = ["drift-stays", "manager", "unknown"] as const;

/** A field that stays: what is there, and what the chart says if it names the field. */
function stayingLines(change: Change, now: Date): ChangeLine[] {
  const sign = change.cause.includes("manager") ? "=" : "!";
  const [there = "nothing", ...more] = changedLines(change.after, undefined, 0).map(({ text }) => text);
  const [chart = "nothing", ...others] = changedLines(change.wanted, undefined, 0).map(({ text }) => text);
  const dots = (rest: readonly string[]): string => rest.length === 0 ? "" : " ...";
  const wanted = "wanted" in change ? `, the chart says ${chart}${dots(others)}` : "";
  return withNote(chop(`${there}${dots(more)}${wanted}`, `  ${sign}   `, `  ${sign}     `), causeText(change, now))
    .map((line) => ({ text: line, colour: COLOURS[sign] }));
}

/** Breaks a long path before a field. */
function wrapPath(path: string): string[] {
  const lines: string[] = [];
  let line = "    ";
  for (const part of path.split(/(?=[.[])/)) {
    if (line.length + part.length > 80 && line.trim() !== "") {
      lines.push(line);
      line = "      ";
    }
    line += part;
  }
  return [...lines, line].flatMap((text) => chop(text, "", "      "));
}

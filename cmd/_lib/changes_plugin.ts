/**
 * A report in the formats of the helm-diff plugin, for scripts that read them.
 *
 * Source: helm-diff 2.11 and 3.1, `diff/report.go`, `diff/diff.go`.
 *
 * @module
 */
import type { ChangeReport, ObjectChange } from "../../engine/kube/explain/mod.ts";
import { decodeJson, encodeJson, encodeYaml } from "../../engine/lang/yaml/mod.ts";
import type { ChangeLine } from "./changes_layout.ts";
import { lineDiff } from "../../app/line_diff.ts";
import type { Colour } from "./print.ts";

/** Choices of the output. */
export interface PluginChoices {
  /** `diff` shows the manifests' lines, `simple` one line per object and a count. */
  readonly format: "diff" | "simple";
  /** Unchanged lines around a change; -1 shows all. */
  readonly context: number;
}

interface Style {
  readonly done: string;
  readonly planned: string;
  readonly colour: Colour;
}

const ADDED: Style = { done: "has been added:", planned: "to be added.", colour: "green" };
const REMOVED: Style = { done: "has been removed:", planned: "to be removed.", colour: "red" };
const CHANGED: Style = { done: "has changed:", planned: "to be changed.", colour: "yellow" };

const SIGN_COLOURS: Readonly<Record<string, Colour | undefined>> = { "+": "green", "-": "red" };

/** Returns the lines of a report, as the plugin prints them. */
export function pluginLines(report: ChangeReport, { format, context }: PluginChoices): ChangeLine[] {
  // The plugin compares manifests: an object that only stays otherwise in the cluster is no change.
  const objects = report.objects.filter(({ action }) => action !== "none");
  const lines = objects.flatMap((object): ChangeLine[] => {
    const { done, planned, colour } = styleOf(object);
    const head = { text: `${keyOf(object)} ${format === "diff" ? done : planned}`, colour };
    return format === "simple" ? [head] : [head, ...manifestLines(object, context)];
  });
  if (format === "diff") return lines;
  const count = (style: Style): number => objects.filter((object) => styleOf(object) === style).length;
  const text = `Plan: ${count(ADDED)} to add, ${count(CHANGED)} to change, ${count(REMOVED)} to destroy.`;
  return [...lines, { text }];
}

function styleOf({ action }: ObjectChange): Style {
  return action === "create" ? ADDED : action === "delete" || action === "missing" ? REMOVED : CHANGED;
}

/** Returns an object's key, such as `shop, web, Deployment (apps)`. */
function keyOf({ id }: ObjectChange): string {
  return `${id.namespace}, ${id.name}, ${id.kind} (${id.group === "" ? "v1" : id.group})`;
}

function manifestLines(object: ObjectChange, context: number): ChangeLine[] {
  if (object.suppressed === true) {
    return [{ text: `+ Changes suppressed on sensitive content of type ${object.id.kind}`, colour: "yellow" }];
  }
  const { before, after } = object.documents ?? {};
  const yaml = (data: unknown): string => data === undefined ? "" : encodeYaml(decodeJson(encodeJson(data)));
  return lineDiff(yaml(before), yaml(after), context < 0 ? Infinity : context)
    .map((text) => ({ text, colour: text === "..." ? undefined : SIGN_COLOURS[text[0] ?? ""] }));
}

/**
 * Differences between the server's prediction of a plan and our own, by kind.
 *
 * @module
 */
import { isObject, type KubeObject, type PredictedWrite } from "../../engine/kube/mod.ts";
import {
  type ChangeReport,
  compareManifests,
  NO_RENDERS,
  type ObjectChange,
  pathText,
} from "../../engine/kube/explain/mod.ts";
import type { PlannedChanges } from "../../engine/release/mod.ts";

/** A field that both predictions have in another way. */
export interface PredictionDifference {
  /** The chart, and the apply mode. */
  readonly chart: string;
  /** Such as `Deployment/web`. */
  readonly object: string;
  /** How the object is written: `create`, `update` or `recreate`. */
  readonly action: string;
  /** The field; empty: the whole object. */
  readonly path: string;
  /** The value that the server predicts; absent: none. */
  readonly server?: unknown;
  /** The value that is predicted here; absent: none. */
  readonly local?: unknown;
  /** The server's refusal of the write; then no field is compared. */
  readonly refusal?: string;
  /** The prediction that leaves the field as it is in the cluster; absent: none does. */
  readonly staying?: "server" | "local";
  /** True if the path leads into a list with two items of one name. */
  readonly isDuplicate?: boolean;
  /** Of a line of the report: the kinds of the fields behind it, and `parent` if the other report names its parent or child. */
  readonly reasons?: readonly string[];
  /** True for a line of the report; else a field of the predicted state differs. */
  readonly isShown?: boolean;
  /** True if only the order of a list differs. */
  readonly isOrder?: boolean;
  /** True if the chart gives this field another value in each render. */
  readonly isRandom?: boolean;
}

/** The kinds that are known, each with its reason. Those of lines in reports begin with `shown`. */
export const KINDS: Readonly<Record<string, string>> = {
  refused: "the server refuses the write; the rules are its own",
  default: "the server fills in what a new part, a list that is replaced, or an empty value leaves out",
  counter: "the server counts the changes of a DaemonSet in an annotation; no report shows it",
  unknown: "the server drops a field that it does not know",
  duplicate: "a list has two items of one name; which of them a server-side apply changes is the server's choice",
  random: "each render gives another value",
  "shown value": "both reports have the line; the server spells the value in its own way, or adds defaults to it",
  "shown default": "a line that only one report has: a default, or what the server changed itself",
  "shown parent": "one report names a field, the other the fields inside of it",
  "shown unknown": "a line, or an action, that only the report from here has: the server drops the field",
  "shown duplicate": "a line about an item that a list has twice",
};

/** Returns the kind of a difference; its own text if it is of no known kind. */
export function kindOf(difference: PredictionDifference): string {
  const { isRandom, refusal } = difference;
  if (refusal !== undefined) return "refused";
  if (isRandom) return "random";
  return (difference.isShown ? shownKind(difference) : stateKind(difference)) ?? textOf(difference);
}

/** Returns the kind of a field that the predicted states have in another way. */
function stateKind({ action, path, server, local, staying, isDuplicate }: PredictionDifference): string | undefined {
  if (path.includes("deprecated.daemonset.template.generation")) return "counter";
  if (isDuplicate) return "duplicate";
  if (isEmpty(local) && server !== undefined) return "default";
  // The server adds nothing where a merge here adds a field.
  return server === undefined && (action === "create" || staying === "server") ? "unknown" : undefined;
}

/** Returns the kind of a line that the reports have in another way: mostly that of the fields behind it. */
function shownKind({ path, server, local, reasons = [] }: PredictionDifference): string | undefined {
  if (path !== "action" && local !== undefined && server !== undefined) return "shown value";
  if (local === undefined && /"cause":\["(default|server)"\]/.test(String(server))) return "shown default";
  return ["parent", "default", "unknown", "duplicate"].filter((kind) => reasons.includes(kind)).map((kind) =>
    `shown ${kind}`
  )[0];
}

function textOf({ object, action, path, server, local, isOrder, isShown, staying }: PredictionDifference): string {
  const field = path.replace(/\[[^\]]*\]/g, "[]");
  const sides = isOrder ? "order" : server === undefined ? "server none" : local === undefined ? "here none" : "other";
  const kind = object.split("/")[0];
  return `${isShown ? "shown " : ""}${action} ${kind}.${field} ${sides}${
    staying === undefined ? "" : `, ${staying} as live`
  }`;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === "" || value === 0 || value === 0n || value === false ||
  typeof value === "object" && value !== null && Object.keys(value).length === 0;

/** Returns the differences between two plans of one upgrade. */
export function differencesOf(server: PlannedChanges, local: PlannedChanges): PredictionDifference[] {
  const last = (plan: PlannedChanges): Map<string, PredictedWrite> =>
    new Map(plan.predicted.writes.map((write) => [write.path, write]));
  const [there, here] = [last(server), last(local)];
  const random = new Set(
    server.report.objects.flatMap(({ id, changes }) =>
      changes.filter(({ cause }) => cause.includes("render")).map(({ path }) =>
        `${id.kind}/${id.name} ${pathText(path)}`
      )
    ),
  );
  const states = [...new Set([...there.keys(), ...here.keys()])].flatMap((path) =>
    writeDifferences(there.get(path), here.get(path))
  );
  const marked = states.map((difference) => ({
    ...difference,
    isRandom: random.has(`${difference.object} ${difference.path}`),
  }));
  const lines = shownDifferences(server.report, local.report);
  return [
    ...marked,
    ...lines.map((line) => ({
      ...line,
      isRandom: random.has(`${line.object} ${line.path}`),
      reasons: [
        ...marked.filter((state) => state.object === line.object && (line.path === "action" || areRelated(state, line)))
          .map(kindOf),
        ...lines.some((other) => other !== line && other.object === line.object && areRelated(other, line))
          ? ["parent"]
          : [],
      ],
    })),
  ];
}

/** True if one path is the other, or leads to it. */
function areRelated({ path: a }: PredictionDifference, { path: b }: PredictionDifference): boolean {
  const [short = "", long = ""] = [a, b].sort((one, other) => one.length - other.length);
  return long === short || short === "" || long.startsWith(short) && /^[.[]/.test(long.slice(short.length));
}

/** Returns the lines that only one of two reports shows, or that both show in another way. */
function shownDifferences(server: ChangeReport, local: ChangeReport): PredictionDifference[] {
  const byName = ({ objects }: ChangeReport): Map<string, ObjectChange> =>
    new Map(objects.map((object) => [`${object.id.kind}/${object.id.name}`, object]));
  const [there, here] = [byName(server), byName(local)];
  return [...new Set([...there.keys(), ...here.keys()])].flatMap((object): PredictionDifference[] => {
    const [a, b] = [there.get(object), here.get(object)];
    const action = b?.action ?? a?.action ?? "";
    const about = { chart: "", object, action, isShown: true };
    if (a?.action === "refused") return []; // the write is listed
    if (a !== undefined && b !== undefined && a.action !== b.action) {
      return [{ ...about, path: "action", server: a.action, local: b.action }];
    }
    const linesOf = (change: ObjectChange | undefined): Map<string, string> =>
      new Map(change?.changes.map(({ path, ...line }) => [pathText(path), JSON.stringify(line)]));
    const [first, second] = [linesOf(a), linesOf(b)];
    return [...new Set([...first.keys(), ...second.keys()])].filter((path) => first.get(path) !== second.get(path)).map(
      (path) => ({ ...about, path, server: first.get(path), local: second.get(path) }),
    );
  });
}

function writeDifferences(
  server: PredictedWrite | undefined,
  local: PredictedWrite | undefined,
): PredictionDifference[] {
  const sample = server?.after ?? server?.before ?? local?.after ?? local?.before ?? {};
  const object = `${sample.kind}/${sample.metadata?.name}`;
  const action = (server ?? local)?.before === undefined ? "create" : "update";
  const about = { chart: "", object, action };
  if (server?.refusal !== undefined) return [{ ...about, path: "", refusal: server.refusal.message }];
  if (server === undefined || local === undefined) {
    return [{ ...about, path: "", server: server?.method, local: local?.method }];
  }
  if (server.after === undefined || local.after === undefined) {
    return server.after === local.after ? [] : [{ ...about, path: "", server: server.after, local: local.after }];
  }
  return fieldDifferences(local.after, server.after, server.before).map((difference) => ({ ...about, ...difference }));
}

function fieldDifferences(local: KubeObject, server: KubeObject, live: KubeObject | undefined) {
  const movedBy = (result: KubeObject): Set<string> =>
    new Set(live === undefined ? [] : compareManifests(live, result, { facts: NO_RENDERS }).map(({ path }) => path));
  const [byServer, here] = [movedBy(server), movedBy(local)];
  const stayingIn = (path: string): Pick<PredictionDifference, "staying"> => {
    const isMoved = (moved: Set<string>): boolean =>
      [...moved].some((one) => path === one || path.startsWith(`${one}/`));
    if (live === undefined || isMoved(byServer) && isMoved(here)) return {};
    return { staying: isMoved(byServer) ? "local" : "server" };
  };
  return compareManifests(local, server, { facts: NO_RENDERS }).map(({ path, before, after, order }) => ({
    path: pathText(path),
    ...stayingIn(path),
    ...hasDuplicates(path, [local, server]) ? { isDuplicate: true } : {},
    ...before === undefined ? {} : { local: before },
    ...after === undefined ? {} : { server: after },
    ...order ? { isOrder: true } : {},
  }));
}

/** True if the pointer leads into a list of objects in which two have one name. */
function hasDuplicates(pointer: string, objects: readonly KubeObject[]): boolean {
  return objects.some((object) => {
    let value: unknown = object;
    for (const part of pointer.split("/").slice(1).map((text) => text.replaceAll("~1", "/").replaceAll("~0", "~"))) {
      if (Array.isArray(value)) {
        const names = value.map((item) => isObject(item) ? item.name : undefined).filter((name) => name !== undefined);
        if (new Set(names).size < names.length) return true;
        const [, key = "", wanted] = /^\[([^=]*)=(.*)\]$/s.exec(part) ?? [];
        value = key === "" ? value[Number(part)] : value.find((item) => isObject(item) && String(item[key]) === wanted);
      } else value = isObject(value) ? value[part] : undefined;
    }
    return false;
  });
}

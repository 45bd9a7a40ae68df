/**
 * A report of changes as rows: risks on top, then objects with their fields, values and reasons.
 *
 * The words are those of `skeg diff`.
 *
 * @module
 */
import { cut } from "./shown.js";

/** @import { Cause, Change, ChangeReport, ObjectChange, Risk } from "../../engine/kube/explain/mod.ts" */

/**
 * @typedef {(
 *   | { kind: "risk", risk: Risk, text: string, isRest?: true }
 *   | { kind: "object", object: ObjectChange, sign: string, name: string, note: string }
 *   | { kind: "field", path: string, chips: readonly Chip[], isRest?: true }
 *   | { kind: "value", sign: string, text: string, isRest?: true }
 *   | { kind: "hook", event: string, name: string, note: string }
 *   | { kind: "chips", chips: readonly Chip[] }
 *   | { kind: "gap" }
 * )} ChangeRow
 */

/**
 * One reason.
 *
 * @typedef {object} Chip
 * @property {string} cause Its class.
 * @property {string} text Such as `values image.tag`.
 */

/** @type {Readonly<Record<string, string>>} */
const SIGNS = {
  create: "+",
  update: "~",
  delete: "−",
  recreate: "~",
  keep: "=",
  adopt: "~",
  none: "=",
  refused: "~",
  missing: "!",
};

/** Lines around a difference in a long text. */
const CONTEXT = 3;
/** The most values that a reason names. */
const VALUES_MAX = 3;
/** A value's line is cut here. */
const VALUE_MAX = 2000;

/**
 * Returns the rows of a report.
 *
 * @param {ChangeReport} report
 * @param {{ columns: number, chipsBelow: boolean }} room `columns`: longer lines go on below; 0: they do not. `chipsBelow`: reasons
 * stand in rows of their own.
 * @returns {ChangeRow[]}
 */
export function changeRows(report, room) {
  /** @type {ChangeRow[]} */
  const rows = report.risks.flatMap((risk) => riskRows(risk, room.columns));
  if (rows.length > 0) rows.push({ kind: "gap" });
  for (const [at, object] of report.objects.entries()) {
    if (at > 0) rows.push({ kind: "gap" });
    rows.push(...objectRows(object, report, room));
  }
  if (report.objects.length > 0 && report.hooks.length > 0) rows.push({ kind: "gap" });
  for (const { event, kind, name, weight, policies } of report.hooks) {
    const replaced = policies.includes("before-hook-creation") ? ", replaced" : "";
    rows.push({ kind: "hook", event, name: `${kind}/${name}`, note: `weight ${weight}${replaced}` });
  }
  return rows;
}

/** @param {Risk} risk @param {number} columns @returns {ChangeRow[]} */
function riskRows(risk, columns) {
  const head = `${risk.level} ${risk.code}   `;
  const lines = brokenAtBlanks(`${risk.object}: ${risk.text}`, columns, columns - head.length);
  return lines.map((text, at) => ({ kind: "risk", risk, text, ...at > 0 ? { isRest: true } : {} }));
}

/**
 * Breaks a text into lines at blanks.
 *
 * @param {string} text
 * @param {number} columns 0: it is not broken.
 * @param {number} first Columns of the first line.
 * @returns {string[]}
 */
function brokenAtBlanks(text, columns, first) {
  if (columns === 0) return [text];
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) ?? "";
    const room = lines.length === 1 ? first : columns;
    const isFull = line === "" ? lines.length === 1 && word.length > room : line.length + word.length >= room;
    if (isFull) lines.push(word);
    else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
  }
  return lines;
}

/**
 * @param {ObjectChange} object
 * @param {ChangeReport} report
 * @param {{ columns: number, chipsBelow: boolean }} room
 * @returns {ChangeRow[]}
 */
function objectRows(object, report, { columns, chipsBelow }) {
  const { id, action, changes } = object;
  const isLive = report.operation === "live";
  const place = id.namespace !== "" && id.namespace !== report.release.namespace ? ` in ${id.namespace}` : "";
  const name = `${id.kind}/${id.name}${place}${object.hook ? " (hook)" : ""}`;
  /** @type {ChangeRow[]} */
  const rows = [{ kind: "object", object, name, sign: isLive ? "!" : SIGNS[action] ?? "~", note: objectNote(object) }];
  for (const change of changes) {
    const chips = chipsOf(change, isLive);
    if (change.path !== "") rows.push(...fieldRows(pathText(change.path), chipsBelow ? [] : chips, columns));
    if (chips.length > 0 && (chipsBelow || change.path === "")) rows.push({ kind: "chips", chips });
    for (const { sign, text } of valueRows(change)) rows.push(...wrapped(sign, text, columns));
  }
  return rows;
}

/**
 * A path, broken before its parts if it is long.
 *
 * @param {string} path
 * @param {readonly Chip[]} chips
 * @param {number} columns
 * @returns {ChangeRow[]}
 */
function fieldRows(path, chips, columns) {
  const lines = [""];
  for (const part of path.split(/(?=[.[])/)) {
    const line = lines.at(-1) ?? "";
    if (columns > 0 && line !== "" && line.length + part.length > columns) lines.push(part);
    else lines[lines.length - 1] = line + part;
  }
  return lines.map((text, at) => ({
    kind: "field",
    path: text,
    chips: at === lines.length - 1 ? chips : [],
    ...at > 0 ? { isRest: true } : {},
  }));
}

/** @param {ObjectChange} object */
function objectNote({ action, id, restarts }) {
  const version = id.version === undefined ? "" : `${id.version.from} → ${id.version.to}`;
  const pods = restarts === undefined
    ? ""
    : restarts === 0
    ? "restart"
    : `restart, ${restarts} ${restarts === 1 ? "pod" : "pods"}`;
  /** @type {Readonly<Record<string, string>>} */
  const words = {
    create: "new",
    delete: "no longer in it",
    recreate: "deleted and created again",
    keep: "kept: resource policy keep",
    adopt: "taken over",
    refused: "refused by the server",
    missing: "is gone",
    none: "stays as it is",
  };
  return [words[action] ?? "", version, pods].filter((part) => part !== "").join(", ");
}

/**
 * Returns a path as people write it, such as `spec.containers[nginx].image`.
 *
 * @param {string} pointer A JSON Pointer; items of lists with a key as `[key=value]`.
 */
export function pathText(pointer) {
  return pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~")).map((part, at) => {
    const key = /^\[[^=\]]*=(.*)\]$/.exec(part);
    if (key !== null) return `[${key[1]}]`;
    if (/^\d+$/.test(part) || /[^\w-]/.test(part)) return `[${part}]`;
    return at === 0 ? part : `.${part}`;
  }).join("");
}

/**
 * @param {Change} change
 * @param {boolean} isLive
 * @returns {Chip[]}
 */
function chipsOf(change, isLive) {
  const author = change.manager === undefined ? "" : ` by ${change.manager}`;
  if (isLive) return change.manager === undefined ? [] : [{ cause: "manager", text: `changed${author}` }];
  const chips = change.cause.map((cause) => ({ cause, text: causeText(cause, change) }));
  return change.overEdit ? [...chips, { cause: "drift", text: `over an edit${author}` }] : chips;
}

/** @param {Cause} cause @param {Change} change */
function causeText(cause, change) {
  const [origin] = change.origin ?? [];
  const { values = [], template, line } = origin ?? {};
  switch (cause) {
    case "chart":
      return template === undefined ? "chart" : `chart ${template}${line === undefined ? "" : `:${line}`}`;
    case "values":
      return values.length === 0
        ? "values"
        : `values ${values.slice(0, VALUES_MAX).join(", ")}${values.length > VALUES_MAX ? " …" : ""}`;
    case "render":
      return "each render";
    case "drift":
      return `drift, undone${change.manager === undefined ? "" : ` (${change.manager})`}`;
    case "drift-stays":
      return `drift, stays${change.manager === undefined ? "" : ` (${change.manager})`}`;
    case "manager":
      return `kept for ${change.manager ?? "another manager"}`;
    case "server":
      return "changed by the server";
    default:
      return cause;
  }
}

/** @param {Change} change @returns {{ sign: string, text: string }[]} */
function valueRows({ cause, before, after, wanted, order }) {
  if (order) {
    /** @param {unknown} ids */
    const text = (ids) => `order: ${Array.isArray(ids) ? ids.join(", ") : ""}`;
    return [{ sign: "−", text: text(before) }, { sign: "+", text: text(after) }];
  }
  if (cause.includes("drift-stays")) {
    return [
      ...valueLines(after).map((text) => ({ sign: "!", text })),
      ...valueLines(wanted).map((text, at) => ({ sign: "!", text: at === 0 ? `the chart says ${text}` : text })),
    ];
  }
  return compared(valueLines(before), valueLines(after));
}

/**
 * Returns lines with signs. Of long texts, equal beginnings and ends are left out but for a few lines.
 *
 * @param {readonly string[]} old
 * @param {readonly string[]} now
 */
function compared(old, now) {
  /** @param {string} sign @returns {(text: string) => { sign: string, text: string }} */
  const signed = (sign) => (text) => ({ sign, text });
  if (old.length < 2 || now.length < 2) return [...old.map(signed("−")), ...now.map(signed("+"))];
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const from = Math.max(0, start - CONTEXT);
  const last = old.length - end;
  return [
    ...from > 0 ? [{ sign: " ", text: "…" }] : [],
    ...old.slice(from, start).map(signed(" ")),
    ...old.slice(start, last).map(signed("−")),
    ...now.slice(start, now.length - end).map(signed("+")),
    ...old.slice(last, last + CONTEXT).map(signed(" ")),
    ...end > CONTEXT ? [{ sign: " ", text: "…" }] : [],
  ];
}

/**
 * Returns the lines of a value, as YAML.
 *
 * @param {unknown} value
 * @returns {string[]}
 */
export function valueLines(value) {
  if (value === undefined || value === null) return [];
  if (typeof value === "string" && value.includes("\n")) return value.replace(/\n$/, "").split("\n");
  return yamlLines(value);
}

/** @param {unknown} value @returns {string[]} */
function yamlLines(value) {
  if (Array.isArray(value)) {
    return value.length === 0 ? ["[]"] : value.flatMap((item) => indented(yamlLines(item), "- ", "  "));
  }
  if (typeof value !== "object" || value === null) return scalar(value).split("\n");
  const entries = Object.entries(value);
  if (entries.length === 0) return ["{}"];
  return entries.flatMap(([key, item]) => {
    const lines = yamlLines(item);
    const isFlat = typeof item !== "object" || item === null || Object.keys(item).length === 0;
    if (typeof item === "string" && item.includes("\n")) {
      return [`${key}: |`, ...indented(item.replace(/\n$/, "").split("\n"), "  ", "  ")];
    }
    return isFlat
      ? [`${key}: ${lines[0] ?? ""}`]
      : [`${key}:`, ...indented(lines, Array.isArray(item) ? "" : "  ", Array.isArray(item) ? "" : "  ")];
  });
}

/** @param {readonly string[]} lines @param {string} first @param {string} rest */
function indented(lines, first, rest) {
  return lines.map((line, at) => `${at === 0 ? first : rest}${line}`);
}

/** A scalar as people read it; one that could be taken for another type is quoted. @param {unknown} value */
function scalar(value) {
  if (typeof value !== "string") return String(value);
  const isPlain = value !== "" && value.trim() === value &&
    !/^(?:[-+]?[\d.]+(?:e[-+]?\d+)?|true|false|null|~)$/i.test(value);
  return isPlain || value.includes("\n") ? value : JSON.stringify(value);
}

/**
 * @param {string} sign
 * @param {string} text
 * @param {number} columns
 * @returns {ChangeRow[]}
 */
function wrapped(sign, text, columns) {
  const whole = cut(text, VALUE_MAX) + (text.length > VALUE_MAX ? ` (${text.length} characters)` : "");
  if (columns === 0 || whole.length <= columns) return [{ kind: "value", sign, text: whole }];
  /** @type {ChangeRow[]} */
  const rows = [];
  for (let from = 0; from < whole.length; from += columns) {
    rows.push({ kind: "value", sign, text: whole.slice(from, from + columns), ...from > 0 ? { isRest: true } : {} });
  }
  return rows;
}

/**
 * Returns the counts as a sentence.
 *
 * @param {ChangeReport} report
 * @returns {string}
 */
export function changeSummary({ operation, objects, summary }) {
  const {
    created = 0,
    changed = 0,
    deleted = 0,
    kept = 0,
    adopted = 0,
    refused = 0,
    unchanged = 0,
    hooks = 0,
    hidden = 0,
  } = summary;
  const all = summary["selected"] ?? summary["objects"] ?? 0;
  const isRecord = operation === "revision";
  const rules = hidden === 0 ? "" : ` ${hidden} ${hidden === 1 ? "change is" : "changes are"} hidden by rules.`;
  if (operation === "live") {
    const text = objects.length === 0
      ? `No drift: all ${all} objects are as the record says.`
      : `${objects.length} of ${all} objects differ.`;
    return text + rules;
  }
  const moves = objects.filter(({ action }) => action !== "none" && action !== "keep").length;
  if (moves === 0 && kept === 0 && hooks === 0) {
    return `${isRecord ? "No differences" : "No changes"}: ${unchanged} ${
      unchanged === 1 ? "object is" : "objects are"
    } the same.${rules}`;
  }
  const differ = isRecord ? objects.length - created - deleted : changed;
  /** @type {readonly (readonly [number, string, string])[]} */
  const parts = [
    [differ, isRecord ? "differs" : "changes", isRecord ? "differ" : "change"],
    [created, isRecord ? "is new" : "is created", isRecord ? "are new" : "are created"],
    [adopted, "is taken over", "are taken over"],
    [refused, "is refused", "are refused"],
    [deleted, isRecord ? "is gone" : "is deleted", isRecord ? "are gone" : "are deleted"],
    [kept, "is kept", "are kept"],
    [unchanged, "stays the same", "stay the same"],
  ];
  const texts = parts.filter(([count]) => count > 0).map(([count, one, many], at) =>
    `${count}${at === 0 ? (count === 1 ? " object" : " objects") : ""} ${count === 1 ? one : many}`
  );
  if (hooks > 0 && !isRecord) texts.push(`${hooks} ${hooks === 1 ? "hook runs" : "hooks run"}`);
  return `${texts.join(", ")}.${rules}`;
}

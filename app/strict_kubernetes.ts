/**
 * Finds what a Kubernetes API server would refuse in a rendered chart, before there is a server.
 *
 * @module
 */
import { SkegError, YamlError } from "../errors.ts";
import { DELETE_POLICIES, HOOK_EVENTS, type KubeObject } from "../engine/model/mod.ts";
import { quote } from "../engine/base/mod.ts";
import { isMap } from "../engine/lang/golang/mod.ts";
import { yamlToJson } from "../engine/lang/yaml/mod.ts";
import type { LintMessage, TraceRender } from "../engine/chart/lint/mod.ts";
import type { TracedLine } from "../engine/chart/render/mod.ts";
import { documentText, objectsOf, type TracedObject } from "../engine/chart/why/mod.ts";
import { isKnownKind, reportObjects, type ReportServer } from "../engine/kube/served/mod.ts";
import { type ObjectChecker, openObjectChecker } from "../engine/sandbox/mod.ts";
import { unmatchedSelectors } from "./strict_selectors.ts";
import type { StrictObject, StrictOptions, StrictPath, StrictProblem } from "./strict_types.ts";

/**
 * Returns findings with template file and line: unknown kinds, removed versions, unknown and mistyped fields, invalid names,
 * labels and other values, duplicate objects, hooks that Helm does not run, selectors without pods.
 *
 * @param rendered The files, by full name.
 * @param trace Renders the chart with the origin of each line.
 */
export async function strictFindings(
  rendered: Readonly<Record<string, string>>,
  trace: TraceRender,
  options: StrictOptions,
): Promise<LintMessage[]> {
  const objects = objectsIn(await tracedLines(rendered, trace));
  const checker = await openObjectChecker(
    objects.map(({ object }) => object).filter(({ kind }) => kind === "CustomResourceDefinition"),
  );
  try {
    const problems: StrictProblem[] = [];
    for (const each of objects) problems.push(...await objectProblems(each, checker, options));
    problems.push(...duplicates(objects, options), ...unmatchedSelectors(objects, options, checker));
    return inOrder(problems.map(messageOf));
  } finally {
    await checker.close();
  }
}

/** Returns lines with origins; those of charts that cannot be traced have none. */
async function tracedLines(
  rendered: Readonly<Record<string, string>>,
  trace: TraceRender,
): Promise<Readonly<Record<string, readonly TracedLine[]>>> {
  try {
    const traced = await trace();
    return Object.fromEntries(Object.keys(rendered).map((name) => [name, traced[name] ?? []]));
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return Object.fromEntries(
      Object.entries(rendered).map((
        [name, text],
      ) => [name, text.split("\n").map((line) => ({ text: line, origins: [] }))]),
    );
  }
}

function objectsIn(traced: Readonly<Record<string, readonly TracedLine[]>>): StrictObject[] {
  return objectsOf(traced).flatMap((document) => {
    const text = documentText(document.lines, document.start, document.end);
    let value: unknown;
    try {
      value = yamlToJson(text);
    } catch (error) {
      // Text that is not YAML is reported by lint's own rules.
      if (error instanceof YamlError) return [];
      throw error;
    }
    return isMap(value) ? itemsIn(value as KubeObject, [], document) : [];
  });
}

/** Takes lists apart. */
function itemsIn(object: KubeObject, base: StrictPath, document: TracedObject): StrictObject[] {
  const items = (object as { items?: unknown }).items;
  if (object.apiVersion !== "v1" || object.kind !== "List" || !Array.isArray(items)) {
    return [{ object, base, document }];
  }
  return items.flatMap((item, at) => isMap(item) ? itemsIn(item as KubeObject, [...base, "items", at], document) : []);
}

async function objectProblems(
  of: StrictObject,
  checker: ObjectChecker,
  { server }: StrictOptions,
): Promise<StrictProblem[]> {
  const { object } = of;
  const problem = (severity: StrictProblem["severity"], path: StrictPath, text: string): StrictProblem => ({
    of,
    severity,
    path,
    text,
  });
  if (typeof object.apiVersion !== "string" || object.apiVersion === "") {
    return [problem("ERROR", [], "apiVersion is missing")];
  }
  const { apiVersion, kind = "" } = object;
  const served = reportObjects([{ object }], server).map(({ level, text }) =>
    problem(level === "warning" ? "ERROR" : "INFO", level === "warning" ? ["apiVersion"] : [], text)
  );
  const hooks = hookProblems(object).map(({ path, text }) => problem("WARNING", path, text));
  const isGone = served.some(({ severity }) => severity === "ERROR");
  if (!isGone && !checker.knows(apiVersion, kind) && !isKnownKind(apiVersion, kind)) {
    const isServed = server.isServed?.(apiVersion, kind);
    if (isServed === true) return [...served, ...hooks];
    if (isServed === false) {
      return [problem("ERROR", ["kind"], `the cluster has no kind ${apiVersion} ${kind}`), ...hooks];
    }
    return checker.isBuiltIn(apiVersion)
      ? [problem("ERROR", ["kind"], `Kubernetes has no kind ${kind} in ${apiVersion}`), ...hooks]
      : [problem("INFO", ["kind"], `${apiVersion} ${kind} needs a CustomResourceDefinition in the cluster`), ...hooks];
  }
  const refused = isGone ? [] : (await checker.check(object)).filter((each) => !isOldField(object, each.path, server))
    .map(({ path, text }) => problem("ERROR", path, text));
  return [...served, ...refused, ...hooks];
}

/** Fields that Kubernetes had before the release whose types are known here. */
const OLD_FIELDS: Readonly<Record<string, readonly string[]>> = { Service: ["topologyKeys", "ipFamily"] };

function isOldField(
  { kind = "" }: KubeObject,
  [first, second]: StrictPath,
  { kubeVersion = "" }: ReportServer,
): boolean {
  const minor = Number(/^v?1\.(\d+)/.exec(kubeVersion)?.[1] ?? Infinity);
  return first === "spec" && minor < 22 && (OLD_FIELDS[kind]?.includes(`${second}`) ?? false);
}

/** Finds values of hook annotations that Helm 2 does not know. */
function hookProblems({ metadata }: KubeObject): { path: StrictPath; text: string }[] {
  const annotations = metadata?.annotations;
  if (!isMap(annotations)) return [];
  const listOf = (name: string): string[] => {
    const value = annotations[name];
    return typeof value === "string" ? value.split(",").map((part) => part.trim().toLowerCase()) : [];
  };
  const at = (name: string, text: string) => ({ path: ["metadata", "annotations", name], text });
  const [hook, policy, weight] = ["helm.sh/hook", "helm.sh/hook-delete-policy", "helm.sh/hook-weight"] as const;
  const events = listOf(hook).filter((event) => !HOOK_EVENTS.slice(1).some((known) => known === event));
  const policies = listOf(policy).filter((name) => !DELETE_POLICIES.some((known) => known === name));
  const weightText = annotations[weight];
  return [
    ...events.length === 0
      ? []
      : [at(hook, `unknown hook event ${events.map(quote).join(", ")}: Helm 2 leaves the object out`)],
    ...policies.length === 0
      ? []
      : [at(policy, `unknown delete policy ${policies.map(quote).join(", ")}: Helm 2 ignores it`)],
    ...typeof weightText === "string" && !/^[+-]?\d+$/.test(weightText)
      ? [at(weight, "the weight of a hook is a whole number: Helm 2 takes 0")]
      : [],
  ];
}

function isHook({ metadata }: KubeObject): boolean {
  return isMap(metadata?.annotations) && "helm.sh/hook" in metadata.annotations;
}

/** Finds objects that are there twice. Hooks are left out: their events may differ. */
function duplicates(objects: readonly StrictObject[], { namespace }: StrictOptions): StrictProblem[] {
  const first = new Map<string, StrictObject>();
  return objects.flatMap((of): StrictProblem[] => {
    const { object: { apiVersion = "", kind = "", metadata } } = of;
    if (metadata?.name === undefined || isHook(of.object)) return [];
    const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
    const key = [group, kind, metadata.namespace ?? namespace, metadata.name].join("\0");
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, of);
      return [];
    }
    const where = placeOf(earlier, []);
    const line = where.line === undefined ? "" : ` line ${where.line}`;
    return [{ of, severity: "ERROR", path: ["metadata", "name"], text: `the object is also in ${where.file}${line}` }];
  });
}

/** Returns the template file below the chart, and the line that wrote a field or what is around it. */
function placeOf({ document, base }: StrictObject, path: StrictPath): { file: string; line: number | undefined } {
  const { template, lines, start, lineOf } = document;
  const file = template.slice(template.indexOf("/") + 1);
  const whole = [...base, ...path];
  let found: number | undefined;
  for (let length = whole.length; length > 0 && found === undefined; length--) found = lineOf(whole.slice(0, length));
  // The first line of a document may be blank: the kind names the object.
  found ??= lineOf([...base, "kind"]) ?? 1;
  const origins = lines[start + found - 1]?.origins ?? [];
  const own = origins.findLast((origin) => origin.template === template && !origin.isTpl) ?? origins[0];
  return own === undefined
    ? { file, line: undefined }
    : { file: own.template.slice(own.template.indexOf("/") + 1), line: own.line };
}

function messageOf({ of, severity, path, text }: StrictProblem): LintMessage {
  const { file, line } = placeOf(of, path);
  const { kind = "", metadata } = of.object;
  const field = path.length === 0 ? "" : `${fieldText(path)}: `;
  const object = `${kind} ${quote(`${metadata?.name ?? ""}`)}`;
  return { severity, path: file, text: `${line === undefined ? "" : `line ${line}: `}${object}: ${field}${text}` };
}

/** Writes a path as Kubernetes does: `spec.ports[0].port`, `metadata.labels[a.b/c]`. */
function fieldText(path: StrictPath): string {
  return path.map((step, at) => {
    if (typeof step === "number") return `[${step}]`;
    if (!/^\w[\w-]*$/.test(step)) return `[${step}]`;
    return at === 0 ? step : `.${step}`;
  }).join("");
}

/** Sorts by file, keeping the order within a file; drops repetitions. */
function inOrder(messages: readonly LintMessage[]): LintMessage[] {
  const seen = new Set<string>();
  return messages.filter(({ path, text }) => {
    const key = `${path}\0${text}`;
    return !seen.has(key) && seen.add(key);
  }).sort((a, b) => a.path === b.path ? 0 : a.path < b.path ? -1 : 1);
}

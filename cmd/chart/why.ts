/**
 * `why`: says where output of a chart or a recorded revision comes from.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { quote } from "../../engine/base/mod.ts";
import type { Chart } from "../../engine/model/mod.ts";
import { fromBytes, newMap } from "../../engine/lang/golang/mod.ts";
import { applySet, parseValues, readSource, stringValue, typedValue } from "../../engine/chart/values/mod.ts";
import {
  explainChart,
  type FieldOrigin,
  type FieldUse,
  type GivenSource,
  matching,
  type MissingObject,
  parseObjectName,
  whyMissing,
  type WhyOptions,
} from "../../engine/chart/why/mod.ts";
import { enabledChart, openChart } from "../../app/prepare_chart.ts";
import { networkVariables } from "../../app/variables.ts";
import { recordedChart } from "../../app/why.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { VALUES_FLAGS } from "../_lib/flags.ts";
import { capabilitiesOf } from "../_lib/kube_version.ts";
import { logTo } from "../_lib/log.ts";
import { fieldText, missingText, usesText } from "../_lib/why_text.ts";
import { configOfFlags } from "../_lib/config_of_flags.ts";

const FLAGS = defineFlags({
  ...VALUES_FLAGS,
  "kube-version": { type: "string", usage: "Kubernetes version that templates see, for a chart", default: "1.14" },
  "missing": { type: "string", usage: "KIND/NAME: tell why this object is not rendered" },
  "name": { type: "string", short: "n", usage: "Release name, for a chart", default: "RELEASE-NAME" },
  "namespace": { type: "string", complete: "namespace", usage: "Namespace, for a chart", default: "default" },
  "output": { type: "string", short: "o", complete: { words: ["json"] }, usage: "json: print the answer as JSON" },
  "release": {
    type: "string",
    short: "r",
    complete: "release",
    usage: "Ask about a release instead of a chart: NAME for its newest revision, NAME@REVISION for another one",
  },
  "value": { type: "string", usage: "Path of a value, such as image.tag: tell what depends on it" },
});

/** `why`. */
export const command = defineCommand({
  usage: "[flags] [CHART] [KIND/NAME[:PATH] | TEMPLATE:LINE]",
  completes: { sources: ["file"] },
  long: `
Tells where output comes from. The chart is rendered as an installation would, without a
cluster; with '--release' a recorded revision is asked, whose record holds chart and values.

Four questions have an answer:

- KIND/NAME:PATH     which template line wrote a field, which values it read, and which
                     file or flag gave them; without PATH, the same about the whole object
- TEMPLATE:LINE      which fields a line of a template writes
- --value PATH       which fields depend on a value; "nothing" for one that no template reads
- --missing KIND/NAME    which conditions kept a template from rendering an object

A list's item is named by its position or its name: containers[0], containers[nginx].`,
  example: `  helm why ./web Deployment/web:spec.replicas -f site.yaml
  helm why ./web templates/deployment.yaml:12
  helm why ./web --value image.tag
  helm why ./web --missing Ingress/web
  helm why -r web@5 'Deployment/web:spec.template.spec.containers[nginx].image'`,
  flags: FLAGS,
  run: async (context) => {
    const { flags, args } = context;
    if (!["", "json"].includes(flags.output)) {
      throw new SkegError("usage", `invalid argument ${quote(flags.output)} for "--output"`, {
        hint: "the format is json",
      });
    }
    const question = questionOf(flags.release === "" ? args.slice(1) : args, flags);
    if (flags.release !== "") return await askRelease(flags.release, question, context);
    const [path] = args;
    if (path === undefined) {
      throw new SkegError("usage", "chart is required", { hint: "name a chart, or a release with -r" });
    }
    await askChart(path, question, context);
  },
});

type WhyContext = Context<typeof FLAGS>;

type Question =
  | { readonly ask: "field"; readonly object: string; readonly path: string }
  | { readonly ask: "line"; readonly file: string; readonly line: number }
  | { readonly ask: "value"; readonly path: string }
  | { readonly ask: "missing"; readonly object: string };

function questionOf(args: readonly string[], { value, missing }: WhyContext["flags"]): Question {
  const [subject] = args;
  const asked = [subject, value || undefined, missing || undefined].filter((each) => each !== undefined);
  if (asked.length !== 1 || args.length > 1) {
    throw new SkegError("usage", asked.length === 0 ? "a question is required" : "only one question can be asked", {
      hint: "give one of KIND/NAME:PATH, TEMPLATE:LINE, --value PATH, --missing KIND/NAME",
    });
  }
  if (value !== "") return { ask: "value", path: value.replace(/^\.?Values\./, "") };
  if (missing !== "") return { ask: "missing", object: missing };
  const text = subject ?? "";
  const line = /^(.+\.\w+):(\d+)$/.exec(text);
  // A template's path has a slash and an ending before the colon; a kind has neither.
  if (line !== null && /^(?:templates|charts)\//.test(text)) {
    return { ask: "line", file: line[1] ?? "", line: Number(line[2]) };
  }
  const colon = text.indexOf(":", text.indexOf("/") + 1);
  return colon < 0
    ? { ask: "field", object: text, path: "" }
    : { ask: "field", object: text.slice(0, colon), path: text.slice(colon + 1) };
}

async function askChart(path: string, question: Question, context: WhyContext): Promise<void> {
  const { flags, print } = context;
  const log = logTo(print, { notes: false });
  const config = await configOfFlags(flags, context);
  const loaded = await openChart(path, { log });
  const chart = enabledChart(loaded, config, { log, say: () => {} });
  const { kubeVersion, apiVersions, tillerVersion } = capabilitiesOf(flags["kube-version"]);
  await answer(
    question,
    chart,
    {
      config,
      given: await givenSources(context),
      loaded,
      release: { name: releaseName(question, context), namespace: flags.namespace },
      capabilities: { kubeVersion, tillerVersion, apiVersions: [...apiVersions] },
    },
    context,
    loaded,
  );
}

/** Returns the release's name: without `--name`, the one that `template` uses if the question has it. */
function releaseName(question: Question, { flags, given }: WhyContext): string {
  const usesTemplates = "object" in question && question.object.includes(TEMPLATE_NAME);
  return !given.has("name") && usesTemplates ? TEMPLATE_NAME : flags.name;
}

/** The name of a release in the output of `template`. */
const TEMPLATE_NAME = "release-name";

/** Returns the user's values apart, in the order in which they are applied. */
async function givenSources({ flags, signal, variables }: WhyContext): Promise<GivenSource[]> {
  const sources: GivenSource[] = [];
  for (const name of flags.values) {
    // Standard input and addresses were read once already: their values count, without lines.
    if (name === "-" || /^[a-z]+:\/\//.test(name)) continue;
    const text = fromBytes(await readSource(name, { signal, variables: networkVariables(variables) }));
    sources.push({ name, text, values: parseValues(text) });
  }
  const flagged = [
    ["--set", flags.set, typedValue],
    ["--set-string", flags["set-string"], stringValue],
    ["--set-file", flags["set-file"], stringValue],
  ] as const;
  for (const [name, assignments, read] of flagged) {
    for (const assignment of assignments) {
      const values = newMap();
      await applySet(assignment, values, read);
      sources.push({ name, values });
    }
  }
  return sources;
}

async function askRelease(text: string, question: Question, context: WhyContext): Promise<void> {
  const at = text.lastIndexOf("@");
  const name = at < 0 ? text : text.slice(0, at);
  const revision = at < 0 ? 0 : Number(text.slice(at + 1));
  if (!Number.isInteger(revision) || revision < 0) {
    throw new SkegError("usage", `${quote(text)} does not name a revision`, {
      hint: "write NAME@REVISION, such as web@5",
    });
  }
  await withEnvironment(context, async ({ environment, operations }) => {
    const { signal } = context;
    const { chart, options } = await recordedChart(operations, environment, { name, revision, signal });
    await answer(question, chart, options, context, chart);
  });
}

async function answer(
  question: Question,
  chart: Chart,
  options: WhyOptions,
  context: WhyContext,
  whole: Chart,
): Promise<void> {
  const { print, flags } = context;
  const show = (data: unknown, text: () => string) =>
    print.out(flags.output === "json" ? `${JSON.stringify(data, undefined, 2)}\n` : text());
  const explained = await explainChart(chart, options);
  switch (question.ask) {
    case "field": {
      const found: FieldOrigin = explained.field(parseObjectName(question.object), question.path);
      return show(found, () => fieldText(found));
    }
    case "line":
    case "value": {
      const uses: FieldUse[] = question.ask === "line"
        ? explained.templateLine(question.file, question.line)
        : explained.value(question.path);
      return show(uses, () => usesText(uses));
    }
    default: {
      const name = parseObjectName(question.object);
      const found = matching(explained.objects, name);
      if (found.length > 0) {
        throw new SkegError("usage", `the chart renders ${question.object}`, {
          hint: `ask about it: ${found.map((each) => `${each.kind}/${each.name}`).join(", ")}`,
        });
      }
      const missing: MissingObject[] = await whyMissing(chart, name, options, explained.finder);
      const disabled = missing.length > 0 ? [] : await disabledWith(chart, whole, name.kind);
      return show(
        { templates: missing, disabledSubcharts: disabled },
        () => missingText(question.object, missing, disabled),
      );
    }
  }
}

/** Returns the names of disabled subcharts that have templates of a kind. */
function disabledWith(chart: Chart, whole: Chart, kind: string): string[] {
  const enabled = new Set(chart.dependencies.map((child) => child.metadata.name));
  const pattern = new RegExp(`^kind:\\s*["']?${kind}["']?\\s*$`, "im");
  return whole.dependencies.filter((child) =>
    !enabled.has(child.metadata.name) && child.templates.some((file) => pattern.test(fromBytes(file.data)))
  ).map((child) => child.metadata.name);
}

/**
 * Suite files → suites.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/test_suite.go`, `test_job.go`.
 *
 * @module
 */
import { SkegError, YamlError } from "../../../errors.ts";
import { isMap } from "../../lang/golang/mod.ts";
import { compareVersions, parseVersion } from "../../lang/semver/mod.ts";
import { decodeCurrentYaml } from "../../lang/yaml/mod.ts";
import { boolField, intField, listField, mapField, Problems, type SuiteFields, textField } from "./fields.ts";
import type {
  CapabilitySettings,
  ChartSettings,
  Job,
  PostRenderer,
  ReleaseSettings,
  SetEntry,
  Suite,
} from "./model.ts";
import { parseAssert, selectorOf } from "./parse_assert.ts";

/** The version of helm-unittest whose format is read; `skip.minimumVersion` compares with it. */
export const FORMAT_VERSION = "1.0.3";

/** How a suite file is read. */
export interface ParseOptions {
  /** Path of the file, as results show it. */
  readonly file: string;
  /** The chart that it belongs to, such as `web` or `web/charts/db`. */
  readonly route: string;
  /** True if unknown keys are errors. */
  readonly strict?: boolean | undefined;
  /** True if a chart of tests rendered the text: every suite needs a name then. */
  readonly isRendered?: boolean | undefined;
  /** Values files for all suites, after their own. */
  readonly values?: readonly string[] | undefined;
}

const SUITE_KEYS = [
  "suite values set templates excludeTemplates release chart capabilities kubernetesProvider postRenderer tests",
  "snapshotId skip includeCrds",
].join(" ").split(" ");
const JOB_KEYS = [
  "it values set template templates documentIndex documentIndices documentSelector release chart capabilities",
  "asserts skip kubernetesProvider postRenderer",
].join(" ").split(" ");

/** Splits a text at lines that begin with `---`. */
export function splitDocuments(text: string): string[] {
  return text.split(/(?:^|\s*\n)---\s*/);
}

/**
 * Returns the suites of a file, one for each document.
 *
 * @throws YamlError or SkegError of kind `chart`, with upstream's message, for the first document that is no suite.
 */
export function parseSuites(text: string, options: ParseOptions): Suite[] {
  const suites: Suite[] = [];
  for (const part of splitDocuments(text)) {
    const suite = part.trim() === "" ? undefined : parseSuite(part, options);
    if (suite !== undefined) suites.push(suite);
  }
  return suites;
}

function parseSuite(text: string, options: ParseOptions): Suite | undefined {
  const fields = decodeSuite(text);
  return fields === null ? undefined : suiteFrom(fields, options, text);
}

/**
 * Returns the suite that a decoded document describes: integers are `Int`, maps have no prototype.
 *
 * @param text The document's text, for lines in messages.
 * @throws YamlError or SkegError of kind `chart`, with upstream's message, when it is no suite.
 */
export function suiteFrom(fields: unknown, options: ParseOptions, text = ""): Suite {
  if (!isMap(fields)) {
    throw new YamlError("yaml: unmarshal errors:\n  line 1: cannot unmarshal into unittest.TestSuite");
  }
  const problems = new Problems(text, options.strict ?? false);
  problems.unknown(fields, SUITE_KEYS, "unittest.TestSuite");
  const settings = settingsOf(fields, problems);
  const skip = skipOf(fields, problems);
  const own = listField(fields, "values", problems);
  const jobs = jobsOf(fields, problems, options.strict ?? false);
  const suite: Suite = {
    ...settings,
    name: textField(fields, "suite", problems),
    file: options.file,
    route: options.route,
    values: [...own, ...options.values ?? []],
    templates: listField(fields, "templates", problems),
    excludeTemplates: listField(fields, "excludeTemplates", problems),
    includeCrds: boolField(fields, "includeCrds", problems) ?? false,
    snapshotId: textField(fields, "snapshotId", problems),
    skip,
    jobs: skip === "" ? jobs : jobs.map((job) => ({ ...job, skip })),
  };
  problems.check();
  checkSuite(suite, options.isRendered ?? false);
  return suite;
}

/** Decodes a document; texts in double quotes may have escapes that YAML does not know, as patterns have. */
function decodeSuite(text: string): unknown {
  try {
    return decodeCurrentYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError) || !error.message.includes("unknown escape character")) throw error;
    return decodeCurrentYaml(text.replace(/\\+/g, (run) => run.length % 2 === 1 ? `${run}\\` : run));
  }
}

function checkSuite({ jobs, name }: Suite, isRendered: boolean): void {
  if (jobs.length === 0) throw new SkegError("chart", "no tests found");
  if (isRendered && name === "") {
    throw new SkegError("chart", "helm chart based test suites must include `suite` field");
  }
  if (jobs.some(({ asserts }) => asserts.length === 0)) throw new SkegError("chart", "no asserts found");
}

/** Returns why a suite is skipped; empty when it is not. */
function skipOf(fields: SuiteFields, problems: Problems): string {
  const skip = mapField(fields, "skip", problems, "struct");
  problems.unknown(skip, ["reason", "minimumVersion"], "struct { Reason string; MinimumVersion string }");
  const minimum = textField(skip, "minimumVersion", problems);
  if (minimum !== "" && !isAtLeast(minimum)) {
    return "Test suite requires minimum unittest plugin version " +
      `${minimum}, but current version is ${FORMAT_VERSION}`;
  }
  return textField(skip, "reason", problems);
}

function isAtLeast(minimum: string): boolean {
  try {
    return compareVersions(parseVersion(FORMAT_VERSION), parseVersion(minimum)) >= 0;
  } catch (error) {
    if (error instanceof SkegError) return false;
    throw error;
  }
}

function jobsOf(fields: SuiteFields, problems: Problems, strict: boolean): Job[] {
  const list = fields["tests"] ?? [];
  if (!Array.isArray(list)) {
    problems.type("tests", list, "[]*unittest.TestJob");
    return [];
  }
  return list.filter((each) => each !== null).map((each): Job => {
    const job = isMap(each) ? each : {};
    if (!isMap(each)) problems.type("tests", each, "unittest.TestJob");
    problems.unknown(job, JOB_KEYS, "unittest.TestJob");
    const asserts = job["asserts"] ?? [];
    if (!Array.isArray(asserts)) problems.type("asserts", asserts, "[]*unittest.Assertion");
    return {
      ...settingsOf(job, problems),
      name: textField(job, "it", problems),
      values: listField(job, "values", problems),
      template: textField(job, "template", problems),
      templates: listField(job, "templates", problems),
      documentIndex: intField(job, "documentIndex", problems),
      documentSelector: selectorOf(job["documentSelector"], false),
      skip: textField(mapField(job, "skip", problems, "struct"), "reason", problems),
      asserts: Array.isArray(asserts)
        ? asserts.filter((assert) => assert !== null).map((assert) => parseAssert(assert, strict))
        : [],
    };
  });
}

/** Settings that suites and jobs share. */
interface Settings {
  readonly set: readonly SetEntry[];
  readonly release: ReleaseSettings;
  readonly capabilities: CapabilitySettings;
  readonly chart: ChartSettings;
  readonly postRenderer: PostRenderer | undefined;
}

function settingsOf(fields: SuiteFields, problems: Problems): Settings {
  const release = mapField(fields, "release", problems, "struct");
  problems.unknown(
    release,
    ["name", "namespace", "revision", "upgrade"],
    "struct { Name string; Namespace string; Revision int; IsUpgrade bool }",
  );
  const chart = mapField(fields, "chart", problems, "struct");
  problems.unknown(chart, ["version", "appVersion"], "struct { Version string; AppVersion string }");
  const post = mapField(fields, "postRenderer", problems, "unittest.PostRendererConfig");
  problems.unknown(post, ["cmd", "args"], "unittest.PostRendererConfig");
  const cmd = textField(post, "cmd", problems);
  return {
    set: Object.entries(mapField(fields, "set", problems, "map[string]interface {}"))
      .map(([path, value]) => ({ path, value })),
    release: {
      name: textField(release, "name", problems) || undefined,
      namespace: textField(release, "namespace", problems) || undefined,
      revision: intField(release, "revision", problems) || undefined,
      upgrade: boolField(release, "upgrade", problems) || undefined,
    },
    capabilities: capabilitiesOf(mapField(fields, "capabilities", problems, "unittest.Capabilities"), problems),
    chart: {
      version: textField(chart, "version", problems) || undefined,
      appVersion: textField(chart, "appVersion", problems) || undefined,
    },
    postRenderer: cmd === "" ? undefined : { cmd, args: listField(post, "args", problems) },
  };
}

function capabilitiesOf(fields: SuiteFields, problems: Problems): CapabilitySettings {
  problems.unknown(fields, ["majorVersion", "minorVersion", "apiVersions"], "unittest.Capabilities");
  const isUnset = Object.hasOwn(fields, "apiVersions") && fields["apiVersions"] === null;
  return {
    majorVersion: textField(fields, "majorVersion", problems) || undefined,
    minorVersion: textField(fields, "minorVersion", problems) || undefined,
    apiVersions: isUnset
      ? null
      : Object.hasOwn(fields, "apiVersions")
      ? listField(fields, "apiVersions", problems)
      : undefined,
  };
}

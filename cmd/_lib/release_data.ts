/**
 * A release for `get --template`: the messages of Tiller's answer.
 *
 * Source: Helm 2.17.0, `hapi/services/tiller.proto`, `hapi/release`, `hapi/chart`.
 *
 * @module
 */
import { Int, newMap, Slice } from "../../engine/lang/golang/mod.ts";
import {
  type Chart,
  type ChartFile,
  type ChartMetadata,
  type Config,
  DELETE_POLICIES,
  type Hook,
  HOOK_EVENTS,
  type Info,
  type Release,
  type Status,
  STATUS_CODES,
  TEST_STATUSES,
  type TestSuite,
  type TillerVersion,
  type Timestamp,
} from "../../engine/model/mod.ts";
import { ProtoEnum, type ProtoField, ProtoStruct } from "./proto_struct.ts";

/** Returns the data of `get --template`. */
export function releaseData(release: Release): ProtoStruct {
  return message("*services.GetReleaseContentResponse", { Release: () => releaseMessage(release) });
}

/** Returns one side of `version --template`. */
export function versionData(version: TillerVersion): ProtoStruct {
  return message("*version.Version", {
    SemVer: () => version.semVer,
    GitCommit: () => version.gitCommit,
    GitTreeState: () => version.gitTreeState,
  });
}

/** Returns a message with fields in order. */
function message(goType: string, members: Readonly<Record<string, () => unknown>>): ProtoStruct {
  const fields: ProtoField[] = Object.entries(members).map(([name, value]) => ({
    name,
    value,
    ...name === "Description" && goType === "*release.Info" ? { proto: "Description" } : {},
  }));
  return new ProtoStruct(goType, fields);
}

const optional = <T>(value: T | undefined, make: (value: T) => ProtoStruct) => () =>
  value === undefined ? null : make(value);
const int32 = (value: number) => new Int("int32", BigInt(value));
const list = <T>(elem: string, items: readonly T[] | undefined, make: (item: T) => unknown) => () =>
  new Slice(elem, (items ?? []).map(make), (items ?? []).length === 0);
const texts = (items: readonly string[] | undefined) => list("string", items, (item) => item);

function bytes(data: Uint8Array): Slice {
  return new Slice("uint8", Array.from(data, (byte) => new Int("uint8", BigInt(byte))));
}

function timeMessage(time: Timestamp): ProtoStruct {
  return message("*timestamp.Timestamp", {
    Seconds: () => new Int("int64", BigInt(time.seconds)),
    Nanos: () => int32(time.nanos),
  });
}

function releaseMessage(release: Release): ProtoStruct {
  return message("*release.Release", {
    Name: () => release.name,
    Info: () => infoMessage(release.info),
    Chart: optional(release.chart, chartMessage),
    Config: optional(release.config, configMessage),
    Manifest: () => release.manifest,
    Hooks: list("*release.Hook", release.hooks, hookMessage),
    Version: () => int32(release.revision),
    Namespace: () => release.namespace,
  });
}

function infoMessage(info: Info): ProtoStruct {
  return message("*release.Info", {
    Status: () => statusMessage(info.status),
    FirstDeployed: optional(info.firstDeployed, timeMessage),
    LastDeployed: optional(info.lastDeployed, timeMessage),
    Deleted: optional(info.deleted, timeMessage),
    Description: () => info.description,
  });
}

function statusMessage(status: Status): ProtoStruct {
  return message("*release.Status", {
    Code: () => new ProtoEnum("release.Status_Code", STATUS_CODES.indexOf(status.code), STATUS_CODES),
    Resources: () => status.resources,
    Notes: () => status.notes,
    LastTestSuiteRun: optional(status.lastTestSuiteRun, suiteMessage),
  });
}

function suiteMessage(suite: TestSuite): ProtoStruct {
  return message("*release.TestSuite", {
    StartedAt: optional(suite.startedAt, timeMessage),
    CompletedAt: optional(suite.completedAt, timeMessage),
    Results: list("*release.TestRun", suite.results, (run) =>
      message("*release.TestRun", {
        Name: () => run.name,
        Status: () => new ProtoEnum("release.TestRun_Status", TEST_STATUSES.indexOf(run.status), TEST_STATUSES),
        Info: () => run.info,
        StartedAt: optional(run.startedAt, timeMessage),
        CompletedAt: optional(run.completedAt, timeMessage),
      })),
  });
}

/** Returns enum names in the message's spelling: `PRE_INSTALL`. */
const spelled = (names: readonly string[]) => names.map((name) => name.replaceAll("-", "_").toUpperCase());
const EVENTS = spelled(HOOK_EVENTS).map((name) => name.replace("TEST_", "RELEASE_TEST_"));
const POLICIES = ["SUCCEEDED", "FAILED", "BEFORE_HOOK_CREATION"];

function hookMessage(hook: Hook): ProtoStruct {
  const event = (number: number) => new ProtoEnum("release.Hook_Event", number, EVENTS);
  const policy = (number: number) => new ProtoEnum("release.Hook_DeletePolicy", number, POLICIES);
  return message("*release.Hook", {
    Name: () => hook.name,
    Kind: () => hook.kind,
    Path: () => hook.path,
    Manifest: () => hook.manifest,
    Events: list("release.Hook_Event", hook.events, (name) => event(HOOK_EVENTS.indexOf(name))),
    LastRun: optional(hook.lastRun, timeMessage),
    Weight: () => int32(hook.weight),
    DeletePolicies: list(
      "release.Hook_DeletePolicy",
      hook.deletePolicies,
      (name) => policy(DELETE_POLICIES.indexOf(name)),
    ),
    DeleteTimeout: () => new Int("int64", BigInt(hook.deleteTimeoutSeconds)),
  });
}

function configMessage(config: Config): ProtoStruct {
  // The map of parsed values beside the text was never filled.
  return message("*chart.Config", { Raw: () => config.raw, Values: () => newMap("map[string]*chart.Value") });
}

function chartMessage(chart: Chart): ProtoStruct {
  return message("*chart.Chart", {
    Metadata: () => metadataMessage(chart.metadata),
    Templates: list(
      "*chart.Template",
      chart.templates,
      (file: ChartFile) => message("*chart.Template", { Name: () => file.path, Data: () => bytes(file.data) }),
    ),
    Dependencies: list("*chart.Chart", chart.dependencies, chartMessage),
    Values: optional(chart.values, configMessage),
    Files: list(
      "*any.Any",
      chart.files,
      (file: ChartFile) => message("*any.Any", { TypeUrl: () => file.path, Value: () => bytes(file.data) }),
    ),
  });
}

function metadataMessage(metadata: ChartMetadata): ProtoStruct {
  return message("*chart.Metadata", {
    Name: () => metadata.name,
    Home: () => metadata.home ?? "",
    Sources: texts(metadata.sources),
    Version: () => metadata.version ?? "",
    Description: () => metadata.description ?? "",
    Keywords: texts(metadata.keywords),
    Maintainers: list("*chart.Maintainer", metadata.maintainers, (person) =>
      message("*chart.Maintainer", {
        Name: () => person.name ?? "",
        Email: () => person.email ?? "",
        Url: () => person.url ?? "",
      })),
    Engine: () => metadata.engine ?? "",
    Icon: () => metadata.icon ?? "",
    ApiVersion: () => metadata.apiVersion ?? "",
    Condition: () => metadata.condition ?? "",
    Tags: () => metadata.tags ?? "",
    AppVersion: () => metadata.appVersion ?? "",
    Deprecated: () => metadata.deprecated ?? false,
    TillerVersion: () => metadata.tillerVersion ?? "",
    Annotations: () => Object.assign(newMap("map[string]string"), metadata.annotations),
    KubeVersion: () => metadata.kubeVersion ?? "",
  });
}

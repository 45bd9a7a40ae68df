/**
 * `.Chart`, `.Capabilities` and the methods of `.Files`, as templates of Helm 3 see them.
 *
 * Source: Helm 3.22.0, `pkg/chart/metadata.go`, `pkg/chartutil/capabilities.go`, `pkg/engine/files.go`, `engine.go`.
 *
 * @module
 */
import {
  bytesOf,
  type Field,
  fromBytes,
  type GoMap,
  type Method,
  newMap,
  nilMap,
  Slice,
  Struct,
} from "../../lang/golang/mod.ts";
import type { Capabilities, KubeVersion, Maintainer } from "../../model/mod.ts";
import type { Requirement } from "../load/mod.ts";
import { mapMethod } from "../render/mod.ts";
import type { ChartTree } from "./tree.ts";

/** The version of Helm 3 that this dialect follows. */
export const HELM3_VERSION = "v3.22.0";

/** A Go struct without methods. */
class Plain extends Struct {
  constructor(readonly goType: string, readonly own: readonly Field[]) {
    super();
  }

  override get kind(): "ptr" | "struct" {
    return this.goType.startsWith("*") ? "ptr" : "struct";
  }

  override fields(): readonly Field[] {
    return this.own;
  }
}

/** Returns a field whose key in JSON begins with a small letter, left out when empty. */
function field(name: string, value: unknown, json = name.charAt(0).toLowerCase() + name.slice(1)): Field {
  return { name, value, json, omitEmpty: true };
}

const list = (elem: string, items: readonly unknown[] | undefined): Slice =>
  new Slice(elem, [...items ?? []], items === undefined);

function maintainerObject({ name = "", email = "", url = "" }: Maintainer): Struct {
  return new Plain("*chart.Maintainer", [field("Name", name), field("Email", email), field("URL", url, "url")]);
}

function dependencyObject({ name, version, repository, condition, tags, importValues, alias }: Requirement): Struct {
  return new Plain("*chart.Dependency", [
    field("Name", name),
    field("Version", version),
    { name: "Repository", value: repository, json: "repository" },
    field("Condition", condition),
    field("Tags", list("string", tags)),
    field("Enabled", true),
    field("ImportValues", list("interface {}", importValues), "import-values"),
    field("Alias", alias),
  ]);
}

/** Returns `.Chart`. */
export function chartObject({ chart: { metadata }, requirements }: ChartTree, isRoot: boolean): Struct {
  const annotations = metadata.annotations;
  const type = "map[string]string";
  return new Plain("struct { chart.Metadata; IsRoot bool }", [
    field("Name", metadata.name),
    field("Home", metadata.home ?? ""),
    field("Sources", list("string", metadata.sources)),
    field("Version", metadata.version ?? ""),
    field("Description", metadata.description ?? ""),
    field("Keywords", list("string", metadata.keywords)),
    field("Maintainers", list("*chart.Maintainer", metadata.maintainers?.map(maintainerObject))),
    field("Icon", metadata.icon ?? ""),
    field("APIVersion", metadata.apiVersion || "v1", "apiVersion"),
    field("Condition", metadata.condition ?? ""),
    field("Tags", metadata.tags ?? ""),
    field("AppVersion", metadata.appVersion ?? ""),
    field("Deprecated", metadata.deprecated ?? false),
    field("Annotations", annotations === undefined ? nilMap(type) : Object.assign(newMap(type), annotations)),
    field("KubeVersion", metadata.kubeVersion ?? ""),
    field("Dependencies", list("*chart.Dependency", requirements?.map(dependencyObject))),
    field("Type", ""),
    { name: "IsRoot", value: isRoot },
  ]);
}

/** `.Capabilities.KubeVersion`: prints as its version. */
class KubeInfo extends Plain {
  readonly #version: string;

  constructor({ gitVersion, major, minor }: KubeVersion) {
    const names = { Version: gitVersion, Major: major, Minor: minor };
    super("chartutil.KubeVersion", Object.entries(names).map(([name, value]) => ({ name, value })));
    this.#version = gitVersion;
  }

  override method(name: string): Method | undefined {
    return name === "GitVersion" || name === "String" ? { params: [], call: () => this.#version } : undefined;
  }

  override text(): string {
    return this.#version;
  }
}

/** `.Capabilities.APIVersions`. */
class VersionSet extends Slice {
  constructor(versions: Iterable<string>) {
    super("string", [...versions]);
  }

  override method(name: string): Method | undefined {
    if (name !== "Has") return undefined;
    return { params: ["string"], call: ([version]) => this.items.includes(version) };
  }
}

/** Returns `.Capabilities`. */
export function capabilitiesObject({ kubeVersion, apiVersions }: Capabilities): Struct {
  const build = { Version: HELM3_VERSION, GitCommit: "", GitTreeState: "clean", GoVersion: "" };
  const json = { Version: "version", GitCommit: "git_commit", GitTreeState: "git_tree_state", GoVersion: "go_version" };
  const helm = Object.entries(build).map(([name, value]): Field => field(name, value, json[name as keyof typeof json]));
  return new Plain("*chartutil.Capabilities", [
    { name: "KubeVersion", value: new KubeInfo(kubeVersion) },
    { name: "APIVersions", value: new VersionSet(apiVersions) },
    { name: "HelmVersion", value: new Plain("version.BuildInfo", helm) },
  ]);
}

/** Returns the methods of maps: as in Helm 2, but YAML of files has no final line break, and neither have their lines. */
export function helm3MapMethod(map: GoMap, type: string, name: string): Method | undefined {
  const method = mapMethod(map, type, name);
  if (type !== "chartutil.Files" || method === undefined) return method;
  if (name === "AsConfig" || name === "AsSecrets") {
    return { ...method, call: (args) => `${method.call(args)}`.replace(/\n$/, "") };
  }
  return name === "Lines" ? { ...method, call: ([path]) => lines(map, `${path}`) } : method;
}

function lines(files: GoMap, path: string): Slice {
  const data = files[path];
  const text = data instanceof Slice ? fromBytes(bytesOf(data)) : "";
  return new Slice("string", text === "" ? [] : text.replace(/\n$/, "").split("\n"));
}

/**
 * The objects that templates see besides values: `.Chart`, `.Release`,
 * `.Capabilities` and `.Files`, with the fields, methods and text forms of
 * their Go types.
 *
 * Source: Helm 2.17.0, `hapi/chart/metadata.proto`, `pkg/chartutil/values.go`,
 * `capabilities.go`.
 *
 * @module
 */
import {
  ByteSlice,
  bytesOf,
  type Field,
  goInt,
  type GoMap,
  type Method,
  newMap,
  nilMap,
  NO_ERROR,
  Slice,
  Struct,
  toBytes,
} from "../../lang/golang/mod.ts";
import type {
  Capabilities,
  ChartMetadata,
  KubeVersion,
  Maintainer,
  TillerVersion,
  Timestamp,
} from "../../model/mod.ts";
import { fieldBytes, type NestedBytes } from "./_message_bytes.ts";

const ESCAPES: Readonly<Record<number, string>> = { 10: "\\n", 13: "\\r", 9: "\\t", 34: '\\"', 92: "\\\\" };

/** Returns a string in protobuf's text format. */
function protoString(text: string): string {
  let out = '"';
  for (const byte of toBytes(text)) {
    const plain = byte >= 0x20 && byte < 0x7f;
    out += ESCAPES[byte] ?? (plain ? String.fromCharCode(byte) : "\\" + byte.toString(8).padStart(3, "0"));
  }
  return out + '"';
}

/** Returns a field with its name in protobuf's compact text format; empty for default values. */
function protoField(name: string, value: unknown): string {
  if (typeof value === "string") return value === "" ? "" : `${name}:${protoString(value)} `;
  if (typeof value === "boolean") return value ? `${name}:true ` : "";
  if (value instanceof Slice) {
    return value.items.map((item) => {
      if (item === null) return `${name}:<nil> `;
      return item instanceof Struct ? `${name}:<${item.text()}> ` : `${name}:${protoString(String(item))} `;
    }).join("");
  }
  const map = value as GoMap;
  return Object.keys(map).sort().map((key) =>
    `${name}:<${protoField("key", key) || 'key:"" '}${protoField("value", map[key]) || 'value:"" '}> `
  ).join("");
}

/** Go's type `struct {}`, used for elements of a set. */
class EmptyStruct extends Struct {
  readonly goType = "struct {}";

  override equals(other: unknown): boolean {
    return other instanceof EmptyStruct;
  }
}

/** The one value of that type. */
const PRESENT = new EmptyStruct();

/** Methods of every generated message that a template cannot call: their parameters, and the number of their results. */
const MESSAGE_METHODS: Readonly<Record<string, readonly [params: readonly string[], results: number]>> = {
  Reset: [[], 0],
  ProtoMessage: [[], 0],
  XXX_DiscardUnknown: [[], 0],
  XXX_Merge: [["proto.Message"], 0],
  Descriptor: [[], 2],
};

/** Reads bytes into a message. A message never changes here, so only no bytes at all can be read. */
function readInto(data: unknown): Struct {
  if (!(data instanceof Slice) || bytesOf(data).length === 0) return NO_ERROR;
  throw new Error("a chart's templates cannot change its metadata");
}

/** A pointer to a protobuf message. */
class Message extends Struct {
  /** The size that was computed last, which the library keeps in the message. */
  #size = 0;

  /** @param names Names of the fields in Go, protobuf and JSON, in order of declaration. */
  constructor(
    readonly goType: string,
    private readonly names: readonly (readonly [go: string, proto: string, json: string])[],
    private readonly values: Readonly<Record<string, unknown>>,
  ) {
    super();
  }

  override get kind(): "ptr" {
    return "ptr";
  }

  override fields(): readonly Field[] {
    const own = this.names.map(([name, , json]): Field => ({ name, value: this.values[name], json, omitEmpty: true }));
    // Fields of every generated message that JSON does not show.
    return [
      ...own,
      { name: "XXX_NoUnkeyedLiteral", value: PRESENT, json: "-" },
      { name: "XXX_unrecognized", value: new Slice("uint8", [], true), json: "-" },
      { name: "XXX_sizecache", value: goInt(this.#size, "int32"), json: "-" },
    ];
  }

  override field(name: string): unknown {
    return Object.hasOwn(this.values, name) ? this.values[name] : super.field(name);
  }

  override method(name: string): Method | undefined {
    if (Object.hasOwn(this.values, name)) return undefined;
    if (name === "String") return { params: [], call: () => this.text() };
    if (Object.hasOwn(MESSAGE_METHODS, name)) {
      const [params, results] = MESSAGE_METHODS[name] ?? [[], 0];
      return { params, results, call: () => null };
    }
    if (name.startsWith("XXX_")) return this.wireMethod(name);
    if (!name.startsWith("Get") || !Object.hasOwn(this.values, name.slice(3))) return undefined;
    return { params: [], call: () => this.values[name.slice(3)] };
  }

  override text(): string {
    return this.names.map(([name, proto]) => this.protoText(proto, this.values[name])).join("");
  }

  /** Methods about the message's bytes. */
  private wireMethod(name: string): Method | undefined {
    switch (name) {
      case "XXX_Size":
        return { params: [], call: () => goInt(this.measure()) };
      case "XXX_Marshal":
        return {
          params: ["[]uint8", "bool"],
          call: ([before]) => {
            const start = before instanceof Slice ? bytesOf(before) : [];
            return new ByteSlice(Uint8Array.from([...start, ...this.bytes()]));
          },
        };
      case "XXX_Unmarshal":
        return { params: ["[]uint8"], call: ([data]) => readInto(data) };
      case "XXX_WellKnownType":
        if (this.goType !== "*timestamp.Timestamp") return undefined;
        return { params: [], call: () => "Timestamp" };
    }
    return undefined;
  }

  /** Computes the message's size and those of its parts, and keeps them. */
  private measure(): number {
    for (const value of Object.values(this.values)) {
      if (value instanceof Slice) value.items.forEach((item) => item instanceof Message && item.measure());
    }
    return this.#size = this.bytes().length;
  }

  /**
   * The message in protobuf's binary form. Fields are numbered from 1 in order of declaration.
   *
   * Helm 2: before an inner message stands the size that was computed last, which is 0 when `XXX_Size` was never called.
   */
  private bytes(): number[] {
    const nested = (item: Struct): NestedBytes =>
      item instanceof Message ? { bytes: item.bytes(), length: item.#size } : { bytes: [], length: 0 };
    return this.names.flatMap(([name], index) => fieldBytes(index + 1, this.values[name], nested));
  }

  private protoText(name: string, value: unknown): string {
    if (value !== null && typeof value === "object" && "value" in value && !(value instanceof Struct)) {
      return value.value === 0n ? "" : `${name}:${value.value} `;
    }
    return protoField(name, value);
  }
}

const MAINTAINER = [["Name", "name", "name"], ["Email", "email", "email"], ["Url", "url", "url"]] as const;

/** One of `.Chart.Maintainers`; nil for an entry that is null. */
function maintainer({ name, email, url, isNull }: Maintainer): Struct | null {
  if (isNull) return null;
  return new Message("*chart.Maintainer", MAINTAINER, { Name: name ?? "", Email: email ?? "", Url: url ?? "" });
}

const METADATA = [
  ["Name", "name", "name"],
  ["Home", "home", "home"],
  ["Sources", "sources", "sources"],
  ["Version", "version", "version"],
  ["Description", "description", "description"],
  ["Keywords", "keywords", "keywords"],
  ["Maintainers", "maintainers", "maintainers"],
  ["Engine", "engine", "engine"],
  ["Icon", "icon", "icon"],
  ["ApiVersion", "apiVersion", "apiVersion"],
  ["Condition", "condition", "condition"],
  ["Tags", "tags", "tags"],
  ["AppVersion", "appVersion", "appVersion"],
  ["Deprecated", "deprecated", "deprecated"],
  ["TillerVersion", "tillerVersion", "tillerVersion"],
  ["Annotations", "annotations", "annotations"],
  ["KubeVersion", "kubeVersion", "kubeVersion"],
] as const;

/** A list as the file had it. Protobuf does not send empty ones, so on the other side they are nil. */
function list(elem: string, items: readonly unknown[] | undefined, wasSent: boolean): Slice {
  return new Slice(elem, [...(items ?? [])], items === undefined || (wasSent && items.length === 0));
}

function textMap(given: Readonly<Record<string, string>> | undefined, wasSent: boolean): GoMap {
  const type = "map[string]string";
  if (given === undefined || (wasSent && Object.keys(given).length === 0)) return nilMap(type);
  return Object.assign(newMap(type), given);
}

/**
 * Returns `.Chart`.
 *
 * @param wasSent The chart went through protobuf, as it did on its way to Tiller.
 */
export function chartObject(metadata: ChartMetadata, wasSent: boolean): Struct {
  return new Message("*chart.Metadata", METADATA, {
    Name: metadata.name,
    Home: metadata.home ?? "",
    Sources: list("string", metadata.sources, wasSent),
    Version: metadata.version ?? "",
    Description: metadata.description ?? "",
    Keywords: list("string", metadata.keywords, wasSent),
    Maintainers: list("*chart.Maintainer", metadata.maintainers?.map(maintainer), wasSent),
    Engine: metadata.engine ?? "",
    Icon: metadata.icon ?? "",
    ApiVersion: metadata.apiVersion ?? "",
    Condition: metadata.condition ?? "",
    Tags: metadata.tags ?? "",
    AppVersion: metadata.appVersion ?? "",
    Deprecated: metadata.deprecated ?? false,
    TillerVersion: metadata.tillerVersion ?? "",
    Annotations: textMap(metadata.annotations, wasSent),
    KubeVersion: metadata.kubeVersion ?? "",
  });
}

const TIMESTAMP = [["Seconds", "seconds", "seconds"], ["Nanos", "nanos", "nanos"]] as const;

/** Returns `.Release.Time`. */
export function timeObject({ seconds, nanos }: Timestamp): Struct {
  return new Message("*timestamp.Timestamp", TIMESTAMP, {
    Seconds: goInt(seconds, "int64"),
    Nanos: goInt(nanos, "int32"),
  });
}

const TILLER = [
  ["SemVer", "sem_ver", "sem_ver"],
  ["GitCommit", "git_commit", "git_commit"],
  ["GitTreeState", "git_tree_state", "git_tree_state"],
] as const;

function tillerObject({ semVer, gitCommit, gitTreeState }: TillerVersion): Struct {
  return new Message("*version.Version", TILLER, { SemVer: semVer, GitCommit: gitCommit, GitTreeState: gitTreeState });
}

/** `.Capabilities.KubeVersion`: prints as its GitVersion. */
class KubeInfo extends Struct {
  readonly goType = "*version.Info";

  constructor(private readonly version: KubeVersion) {
    super();
  }

  override get kind(): "ptr" {
    return "ptr";
  }

  override fields(): readonly Field[] {
    return Object.entries(this.version).map(([json, value]) => ({
      name: json.charAt(0).toUpperCase() + json.slice(1),
      value,
      json,
    }));
  }

  override method(name: string): Method | undefined {
    return name === "String" ? { params: [], call: () => this.text() } : undefined;
  }

  override text(): string {
    return this.version.gitVersion;
  }

  override pointeeText(): string {
    return this.text();
  }
}

/** `.Capabilities`. */
class CapabilitiesObject extends Struct {
  readonly goType = "*chartutil.Capabilities";
  private readonly own: readonly Field[];

  constructor({ apiVersions, kubeVersion, tillerVersion }: Capabilities) {
    super();
    const versions = newMap("chartutil.VersionSet");
    for (const version of apiVersions) versions[version] = PRESENT;
    this.own = [
      { name: "APIVersions", value: versions },
      { name: "KubeVersion", value: new KubeInfo(kubeVersion) },
      { name: "TillerVersion", value: tillerObject(tillerVersion) },
    ];
  }

  override get kind(): "ptr" {
    return "ptr";
  }

  override fields(): readonly Field[] {
    return this.own;
  }
}

/** Returns `.Capabilities`. */
export function capabilitiesObject(capabilities: Capabilities): Struct {
  return new CapabilitiesObject(capabilities);
}

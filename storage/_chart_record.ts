/**
 * Charts inside records: Chart ⇄ protobuf bytes.
 *
 * Decoding a chart only finds where its parts are; each part is decoded on first access. A chart that was
 * read from a record and not changed is written back byte for byte.
 *
 * Source: Helm 2.17.0, `hapi/chart/*.proto`.
 */
import type { BinaryReader } from "npm:@bufbuild/protobuf@2.17.0/wire";
import type { Chart, ChartFile, ChartMetadata, Config, Maintainer } from "../engine/model/mod.ts";
import { SkegError } from "../errors.ts";
import { MessageWriter, readFields } from "./_wire.ts";

/** Bytes a chart was decoded from. Charts are read-only, so identity is enough. */
const originals = new WeakMap<Chart, Uint8Array>();

/** Reads a chart's bytes. */
export function decodeChart(bytes: Uint8Array): Chart {
  let metadata: Uint8Array | undefined;
  let values: Uint8Array | undefined;
  const templates: Uint8Array[] = [];
  const dependencies: Uint8Array[] = [];
  const files: Uint8Array[] = [];
  const unknown = readFields(bytes, (fieldNumber, reader) => {
    if (fieldNumber === 1) metadata = reader.bytes();
    else if (fieldNumber === 2) templates.push(reader.bytes());
    else if (fieldNumber === 3) dependencies.push(reader.bytes());
    else if (fieldNumber === 4) values = reader.bytes();
    else if (fieldNumber === 5) files.push(reader.bytes());
    else return false;
    return true;
  });
  const chart = lazily({
    metadata: () => decodeMetadata(metadata ?? new Uint8Array()),
    templates: () => templates.map(decodeFile),
    dependencies: () => dependencies.map(decodeChart),
    ...values === undefined ? {} : { values: () => decodeConfig(values ?? new Uint8Array()) },
    files: () => files.map(decodeFile),
    ...unknown === undefined ? {} : { unknown: () => unknown },
  }) as unknown as Chart;
  originals.set(chart, bytes);
  return chart;
}

/** Writes a chart's bytes. */
export function encodeChart(chart: Chart): Uint8Array {
  const original = originals.get(chart);
  if (original !== undefined) return original;
  const writer = new MessageWriter("hapi.chart.Chart").message(1, encodeMetadata(chart.metadata));
  for (const file of chart.templates) writer.message(2, encodeFile(file, "hapi.chart.Template", "Name"));
  for (const dependency of chart.dependencies) writer.message(3, encodeChart(dependency));
  writer.message(4, chart.values && encodeConfig(chart.values));
  for (const file of chart.files) writer.message(5, encodeFile(file, "google.protobuf.Any", "TypeUrl"));
  return writer.finish(chart.unknown);
}

/** Reads the bytes of a Config. */
export function decodeConfig(bytes: Uint8Array): Config {
  let raw = "";
  const unknown = readFields(bytes, (fieldNumber, reader) => {
    if (fieldNumber !== 1) return false;
    raw = reader.string(true);
    return true;
  });
  return unknown === undefined ? { raw } : { raw, unknown };
}

/** Writes the bytes of a Config. */
export function encodeConfig(config: Config): Uint8Array {
  return new MessageWriter("hapi.chart.Config").text(1, "Raw", config.raw).finish(config.unknown);
}

/** Reads a template or another file of a chart: both messages hold a name and bytes under the same field numbers. */
function decodeFile(bytes: Uint8Array): ChartFile {
  let path = "";
  let data: Uint8Array = new Uint8Array();
  readFields(bytes, (fieldNumber, reader) => {
    if (fieldNumber === 1) path = reader.string(true);
    else if (fieldNumber === 2) data = reader.bytes();
    else return false;
    return true;
  });
  return { path, data };
}

function encodeFile(file: ChartFile, message: string, field: string): Uint8Array {
  return new MessageWriter(message).text(1, field, file.path).data(2, file.data).finish();
}

/** Text fields of Metadata by number: our name and Go's. */
const METADATA_TEXTS = {
  1: ["name", "Name"],
  2: ["home", "Home"],
  4: ["version", "Version"],
  5: ["description", "Description"],
  8: ["engine", "Engine"],
  9: ["icon", "Icon"],
  10: ["apiVersion", "ApiVersion"],
  11: ["condition", "Condition"],
  12: ["tags", "Tags"],
  13: ["appVersion", "AppVersion"],
  15: ["tillerVersion", "TillerVersion"],
  17: ["kubeVersion", "KubeVersion"],
} as const;

type MetadataTextNumber = keyof typeof METADATA_TEXTS;

function decodeMetadata(bytes: Uint8Array): ChartMetadata {
  const found: Record<string, unknown> = { name: "" };
  const append = (key: string, value: unknown): void => {
    const list = found[key];
    if (Array.isArray(list)) list.push(value);
    else found[key] = [value];
  };
  const unknown = readFields(bytes, (fieldNumber, reader) => {
    if (Object.hasOwn(METADATA_TEXTS, fieldNumber)) {
      const value = reader.string(true);
      if (value !== "") found[METADATA_TEXTS[fieldNumber as MetadataTextNumber][0]] = value;
    } else if (fieldNumber === 3) append("sources", reader.string(true));
    else if (fieldNumber === 6) append("keywords", reader.string(true));
    else if (fieldNumber === 7) append("maintainers", decodeMaintainer(reader.bytes()));
    else if (fieldNumber === 14) {
      if (reader.bool()) found.deprecated = true;
    } else if (fieldNumber === 16) {
      found.annotations ??= Object.create(null);
      decodeEntry(reader, found.annotations as Record<string, string>);
    } else return false;
    return true;
  });
  if (unknown !== undefined) found.unknown = unknown;
  return found as unknown as ChartMetadata;
}

function encodeMetadata(metadata: ChartMetadata): Uint8Array {
  const writer = new MessageWriter("hapi.chart.Metadata");
  for (let number = 1; number <= 17; number++) {
    if (Object.hasOwn(METADATA_TEXTS, number)) {
      const [key, goName] = METADATA_TEXTS[number as MetadataTextNumber];
      writer.text(number, goName, metadata[key]);
    } else if (number === 3) writer.texts(3, "Sources", metadata.sources);
    else if (number === 6) writer.texts(6, "Keywords", metadata.keywords);
    else if (number === 7) {
      for (const maintainer of metadata.maintainers ?? []) writer.message(7, encodeMaintainer(maintainer));
    } else if (number === 14) writer.bool(14, metadata.deprecated);
    else if (number === 16) {
      // Tiller writes entries in random order; sorted, one chart always has the same bytes.
      for (const key of Object.keys(metadata.annotations ?? {}).sort()) {
        writer.message(16, encodeEntry(key, metadata.annotations?.[key] ?? ""));
      }
    }
  }
  return writer.finish(metadata.unknown);
}

function decodeMaintainer(bytes: Uint8Array): Maintainer {
  const found: { name?: string; email?: string; url?: string; unknown?: Uint8Array } = {};
  const unknown = readFields(bytes, (fieldNumber, reader) => {
    if (fieldNumber === 1) found.name = reader.string(true);
    else if (fieldNumber === 2) found.email = reader.string(true);
    else if (fieldNumber === 3) found.url = reader.string(true);
    else return false;
    return true;
  });
  if (unknown !== undefined) found.unknown = unknown;
  return found;
}

function encodeMaintainer(maintainer: Maintainer): Uint8Array {
  if (maintainer.isNull) throw new SkegError("record", "proto: repeated field Maintainers has nil element");
  return new MessageWriter("hapi.chart.Maintainer")
    .text(1, "Name", maintainer.name)
    .text(2, "Email", maintainer.email)
    .text(3, "Url", maintainer.url)
    .finish(maintainer.unknown);
}

function decodeEntry(reader: BinaryReader, into: Record<string, string>): void {
  let key = "";
  let value = "";
  readFields(reader.bytes(), (fieldNumber, entry) => {
    if (fieldNumber === 1) key = entry.string(true);
    else if (fieldNumber === 2) value = entry.string(true);
    else return false;
    return true;
  });
  into[key] = value;
}

/** Writes a map entry, which always holds both fields, even empty ones. */
function encodeEntry(key: string, value: string): Uint8Array {
  return new MessageWriter("hapi.chart.Metadata").texts(1, "Annotations", [key]).texts(2, "Annotations", [value])
    .finish();
}

/** Returns an object whose properties are computed on first read, then kept. */
function lazily(makers: Record<string, () => unknown>): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (const [key, make] of Object.entries(makers)) {
    Object.defineProperty(object, key, {
      configurable: true,
      enumerable: true,
      get(): unknown {
        const value = made(make);
        Object.defineProperty(object, key, { configurable: true, enumerable: true, writable: false, value });
        return value;
      },
    });
  }
  return object;
}

/** Calls `make`. An error of it, such as invalid UTF-8, means that the record is damaged. */
function made(make: () => unknown): unknown {
  try {
    return make();
  } catch (cause) {
    if (cause instanceof SkegError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SkegError("record", `Cannot decode record: ${reason}`, { cause });
  }
}

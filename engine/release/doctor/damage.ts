/**
 * Describes how far the text of a damaged record can be read. Never throws.
 *
 * @module
 */
import { type SalvagedRecord, salvageRecord } from "../../../storage/mod.ts";
import { BORROWED } from "../repair/salvage.ts";
import { countText } from "./states.ts";

/** The damage of a record. */
export interface RecordDamage {
  /** Sentences about the layers of the record, and about the parts that can be read. */
  readonly lines: readonly string[];
  /** True if the manifest can be read, so that the record can be written anew. */
  readonly hasManifest: boolean;
  /** True if parts are missing that only another revision can give. */
  readonly needsOther: boolean;
}

/** Returns what is wrong with the text of a record that cannot be decoded. */
export function damageOf(text: string): RecordDamage {
  if (text === "") return { lines: ["it is missing or empty"], hasManifest: false, needsOther: true };
  const [valid = ""] = /^[A-Za-z0-9+/]*={0,2}/.exec(text.replaceAll(/[\r\n]/g, "")) ?? [];
  const lines = [`${countText(text.length, "character")}, of which the first ${valid.length} are base64`];
  const header = headerOf(valid);
  if (header.length > 0) {
    const hex = [...header].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const isGzip = header[0] === 0x1f && header[1] === 0x8b && header[2] === 8;
    lines.push(
      `it begins with the bytes ${hex}${isGzip ? ", the header of gzip" : ", which are not the header of gzip"}`,
    );
  }
  const salvaged = salvageRecord({ data: { release: text } }, "ConfigMap");
  lines.push(...readableLines(salvaged));
  const needsOther = BORROWED.some((part) => !salvaged.found.has(part));
  return { lines, hasManifest: salvaged.found.has("manifest"), needsOther };
}

function readableLines({ found, messageBytes, release, isIntact }: SalvagedRecord): string[] {
  if (messageBytes === 0) return ["nothing of it can be unpacked"];
  const lines = [
    `${countText(messageBytes, "byte")} can be unpacked${isIntact ? ", and their checksum is right" : ""}`,
  ];
  const parts = [...found].filter((part) => part !== "hooks" && part !== "config");
  if (parts.length === 0) return [...lines, "no part of a release can be read"];
  const facts = [
    ...found.has("name") ? [`release ${release.name}`] : [],
    ...found.has("revision") ? [`revision ${release.revision}`] : [],
    ...found.has("info") ? [`status ${release.info.status.code}`] : [],
    ...found.has("manifest")
      ? [`${countText(release.manifest.split("\n---\n").length - 1, "document")} of the manifest`]
      : [],
  ];
  return [...lines, `it can be read: ${parts.join(", ")}${facts.length === 0 ? "" : ` (${facts.join(", ")})`}`];
}

function headerOf(valid: string): Uint8Array {
  const whole = valid.slice(0, 16).replaceAll("=", "");
  try {
    return Uint8Array.fromBase64(whole.slice(0, whole.length - whole.length % 4)).subarray(0, 4);
  } catch {
    return new Uint8Array();
  }
}

/**
 * Traps of the chart format that Helm 2's rules do not report.
 *
 * They are reported separately from the findings, whose text and number are Helm's.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SkegError } from "../../../errors.ts";
import { decodeMetadata, decodeRequirements, readChartText, REQUIREMENTS_FILE } from "../load/mod.ts";
import { parseValues } from "../values/mod.ts";
import { decodeYaml } from "../../lang/yaml/mod.ts";

/** Returns notes for the chart's author. Files that cannot be read are skipped. */
export function trapsOf(folder: string): string[] {
  return [
    ...inspect(folder, "Chart.yaml", numberTraps),
    ...inspect(folder, REQUIREMENTS_FILE, conditionTraps),
    ...inspect(folder, "values.yaml", keyTraps),
    ...["Chart.yaml", REQUIREMENTS_FILE, "values.yaml"].flatMap((file) => inspect(folder, file, repeatedKeys)),
  ].map((text) => `Note: ${text}`);
}

function inspect(folder: string, file: string, traps: (text: string) => string[]): string[] {
  const path = join(folder, file);
  if (!existsSync(path)) return [];
  try {
    return traps(readChartText(path)).map((text) => `${file}: ${text}`);
  } catch (error) {
    if (error instanceof SkegError) return [];
    throw error;
  }
}

/** Finds repeated keys in a map; the last one is used. */
function repeatedKeys(text: string): string[] {
  const found: string[] = [];
  decodeYaml(text, {
    onRepeatedKey: ({ key, mapLine }) =>
      found.push(`the key '${key}' is there twice in the map that begins in line ${mapLine}; the last one counts`),
  });
  return found;
}

/** Finds versions written as numbers, which lose their last zeros when they become text. */
function numberTraps(text: string): string[] {
  const metadata = decodeMetadata(text);
  return [...text.matchAll(/^(version|appVersion):[ \t]+([0-9][0-9._eE+-]*)[ \t\r]*(?:#.*)?$/gm)].flatMap(
    ([, field, written]) => {
      const read = field === "version" ? metadata.version : metadata.appVersion;
      return read === undefined || read === written
        ? []
        : [`${field} ${written} is a number and is read as '${read}'; write it in quotes`];
    },
  );
}

/** Finds blanks in the parts of a condition; they are not trimmed. */
function conditionTraps(text: string): string[] {
  return (decodeRequirements(text).dependencies ?? []).flatMap(({ name, condition }) => {
    if (!condition.includes(",")) return [];
    const spaced = condition.trim().split(",").find((part) => part !== part.trim());
    return spaced === undefined
      ? []
      : [`condition '${condition}' of dependency '${name}' looks for '${spaced}', with the blank`];
  });
}

/** Words in the place of a key that YAML 1.1 reads as booleans. */
const WORDS = /^[ \t]*(?:-[ \t]+)*(y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF)[ \t]*:(?:[ \t\r]|$)/gm;

function keyTraps(text: string): string[] {
  const keys = new Set<string>();
  collectKeys(parseValues(text), keys);
  const words = new Set(Array.from(text.matchAll(WORDS), ([, word]) => word ?? ""));
  return [...words].flatMap((word) => {
    const read = /^[yo]n?(?:es)?$/i.test(word) ? "true" : "false";
    return keys.has(read) ? [`the key '${word}' is read as '${read}'; write it in quotes`] : [];
  });
}

function collectKeys(value: unknown, keys: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) keys.add(key);
    collectKeys(inner, keys);
  }
}

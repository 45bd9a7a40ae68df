/**
 * Rendered text → documents.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/test_job.go` (`parseYamlFile`, `parseTextFile`).
 *
 * @module
 */
import { YamlError } from "../../../errors.ts";
import { isMap } from "../../lang/golang/mod.ts";
import { decodeCurrentYaml } from "../../lang/yaml/mod.ts";
import type { CheckedDocument } from "./asserts/check.ts";
import { goType } from "./equal.ts";

const SEPARATOR = "\n---\n";

/**
 * Returns the documents of a YAML text; empty ones are left out.
 *
 * @throws YamlError for text that is not YAML, and for documents that are not maps.
 */
export function yamlDocuments(text: string): CheckedDocument[] {
  const parts = text.split(/(?:^|\s*\n)---\s*/);
  const documents: CheckedDocument[] = [];
  let line = 0;
  for (const part of parts) {
    const value = decodePart(part, line);
    line += `${part}${SEPARATOR}`.split("\n").length - 1;
    if (value === null) continue;
    if (!isMap(value)) {
      const tag = Array.isArray(value)
        ? "!!seq"
        : `!!${goType(value).replace("string", "str")} \`${shortened(`${value}`)}\``;
      throw new YamlError(
        `yaml: unmarshal errors:\n  line ${line}: cannot unmarshal ${tag} into map[string]interface {}`,
      );
    }
    if (Object.keys(value).length > 0) documents.push(value);
  }
  return documents;
}

function shortened(text: string): string {
  return text.length > 10 ? `${text.slice(0, 7)}...` : text;
}

function decodePart(part: string, before: number): unknown {
  if (part.trim() === "") return null;
  try {
    return decodeCurrentYaml(part);
  } catch (error) {
    if (!(error instanceof YamlError) || before === 0) throw error;
    throw new YamlError(error.message.replace(/line ([0-9]+)/g, (_, line) => `line ${Number(line) + before}`));
  }
}

/** Keeps the documents of texts: most jobs of a suite render most templates the same. */
export class DocumentCache {
  readonly #known = new Map<string, CheckedDocument[]>();
  #size = 0;

  /** Returns the documents of a file; files that are neither YAML nor text have none. */
  of(file: string, text: string): CheckedDocument[] | undefined {
    const ending = /\.[^./]*$/.exec(file)?.[0];
    if (ending === ".txt") return [{ raw: text }];
    if (ending !== ".yaml" && ending !== ".yml" && ending !== ".tpl") return undefined;
    let documents = this.#known.get(text);
    if (documents === undefined) {
      documents = yamlDocuments(text);
      this.#size += text.length;
      if (this.#size > SIZE_MAX) {
        this.#known.clear();
        this.#size = text.length;
      }
      this.#known.set(text, documents);
    }
    return documents;
  }
}

/** UTF-16 units of texts that are kept. */
const SIZE_MAX = 16_000_000;

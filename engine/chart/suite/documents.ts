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

/** Keeps the documents of texts that come again: most jobs of a suite render most templates the same. */
export class DocumentCache {
  readonly #known = new Map<string, CheckedDocument[]>();
  #size = 0;
  /**
   * The last texts of each file, without their documents. A text that holds a value of its job never comes again: with the
   * documents of all such texts, collecting garbage would take a quarter of the run.
   */
  readonly #recent = new Map<string, string[]>();

  /** Returns the documents of a file; files that are neither YAML nor text have none. */
  of(file: string, text: string): CheckedDocument[] | undefined {
    const ending = /\.[^./]*$/.exec(file)?.[0];
    if (ending === ".txt") return [{ raw: text }];
    if (ending !== ".yaml" && ending !== ".yml" && ending !== ".tpl") return undefined;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const documents = yamlDocuments(text);
    if (this.#isAgain(file, text)) this.#keep(text, documents);
    return documents;
  }

  /** True if the text is one of the file's last; it is from now on. */
  #isAgain(file: string, text: string): boolean {
    const recent = this.#recent.get(file);
    if (recent === undefined) this.#recent.set(file, [text]);
    else if (recent.includes(text)) return true;
    else if (recent.push(text) > RECENT_MAX) recent.shift();
    return false;
  }

  #keep(text: string, documents: CheckedDocument[]): void {
    this.#size += text.length;
    if (this.#size > SIZE_MAX) {
      this.#known.clear();
      this.#size = text.length;
    }
    this.#known.set(text, documents);
  }
}

/** UTF-16 units of texts that are kept with their documents. */
const SIZE_MAX = 16_000_000;

/** Texts of each file that are remembered. */
const RECENT_MAX = 4;

/**
 * The tables of a TOML document while it is read: which keys exist, and which may still be extended.
 *
 * Source: BurntSushi/toml 1.6.0, `parse.go`, which Helm 3 uses.
 *
 * @module
 */
import { type GoMap, isMap, newMap, Slice } from "../../golang/mod.ts";
import { tomlKey } from "./_toml_write.ts";

/** A document that breaks a rule of TOML; the reader adds the line. */
export class TomlFault extends Error {}

const TABLE = "map[string]interface {}";

function isTables(value: unknown): value is Slice {
  return value instanceof Slice && value.elem === TABLE;
}

/** Returns the table that a value stands for: itself, or the last one of a list of tables. */
function tableOf(value: unknown): GoMap | undefined {
  if (isTables(value)) return value.items.at(-1) as GoMap;
  return isMap(value) ? value as GoMap : undefined;
}

/** The tables of one document. */
export class TomlTables {
  /** The whole document. */
  readonly root: GoMap = newMap();
  /** Path of the table that keys are added to. */
  context: readonly string[] = [];
  /** Tables that only longer keys have made: they may be defined once. */
  readonly #implicit = new Set<string>();
  readonly #lists = new Set<string>();

  /** Notes that a table exists because of a longer key. */
  addImplicit(path: readonly string[]): void {
    this.#implicit.add(tomlKey(path));
  }

  /** Notes if the value of a key in the context is a list. */
  setIsList(key: string, isList: boolean): void {
    const path = tomlKey(key === "" ? this.context : [...this.context, key]);
    if (isList) this.#lists.add(path);
    else this.#lists.delete(path);
  }

  /** Makes a table, or one more table of a list, and the context. */
  open(path: readonly string[], isList: boolean): void {
    let table = this.root;
    const above = path.slice(0, -1);
    const key = path.at(-1) ?? "";
    for (const [index, part] of above.entries()) {
      const sofar = above.slice(0, index + 1);
      if (!Object.hasOwn(table, part)) {
        this.addImplicit(sofar);
        table[part] = newMap();
      }
      const next = tableOf(table[part]);
      if (next === undefined) throw new TomlFault(`Key '${tomlKey(sofar)}' was already created as a hash.`);
      table = next;
    }
    this.context = above;
    if (isList) {
      const list = Object.hasOwn(table, key) ? table[key] : table[key] = new Slice(TABLE, []);
      if (!isTables(list)) {
        throw new TomlFault(`Key '${tomlKey(path)}' was already created and cannot be used as an array.`);
      }
      list.items.push(newMap());
    } else this.set(key, newMap());
    this.context = path;
  }

  /** Sets a key in the context. */
  set(key: string, value: unknown): void {
    let table = this.root;
    const seen: string[] = [];
    for (const part of this.context) {
      seen.push(part);
      const next = tableOf(table[part]);
      if (next === undefined) throw new TomlFault(`Key '${tomlKey(seen)}' has already been defined.`);
      table = next;
    }
    const path = tomlKey([...this.context, key]);
    if (Object.hasOwn(table, key)) {
      const wasImplicit = this.#implicit.delete(path);
      if (!wasImplicit) throw new TomlFault(`Key '${path}' has already been defined.`);
      // A table that exists because of a longer key stays.
      if (!this.#lists.has(path)) return;
    }
    table[key] = value;
  }
}

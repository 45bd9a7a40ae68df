/**
 * Parses JSON text correctly where V8's `JSON.parse` returns wrong keys.
 *
 * V8 guesses a key from objects that it parsed before. After it has parsed a key
 * that ends in a backslash, it reads `\"`, `\n` or any other escape at the same
 * place of a similar object as a backslash. So keys with escapes are parsed
 * separately from their objects.
 *
 * Source: V8 bug 521080746, described in Node issue 63785; present in V8 15.0.
 *
 * @module
 */

/** A key with an escape: its position in the text, quotes included, and its parsed name. */
interface EscapedKey {
  readonly start: number;
  readonly end: number;
  readonly key: string;
}

/** Characters that JSON can only write with an escape. */
// deno-lint-ignore no-control-regex
const NEEDS_ESCAPE = /["\\\x00-\x1f]/;
/** A private-use character. Placeholders for keys begin with a longer run of it than the text contains. */
const MARK = "\ue000";
const MARKS = /\ue000+/g;

/**
 * Returns the value of a JSON text, as a correct `JSON.parse` would.
 *
 * @param parse Parses a text whose keys have no escapes, and throws for text that is not JSON; default: `JSON.parse`.
 * @throws SyntaxError when `parse` throws it.
 */
export function parseJson(text: string, parse: (text: string) => unknown = JSON.parse): unknown {
  const parsed: unknown = parse(text);
  const keys = text.includes("\\") ? escapedKeys(text) : [];
  if (keys.length === 0) return parsed;
  const { plain, names } = withoutEscapes(text, keys);
  return renamed(parse(plain), names);
}

/** Finds the keys with escapes in a valid JSON text, in one pass from string to string. */
function escapedKeys(text: string): EscapedKey[] {
  const keys: EscapedKey[] = [];
  let escape = text.indexOf("\\");
  for (let start = text.indexOf('"'); start >= 0 && escape >= 0;) {
    let end = text.indexOf('"', start + 1);
    const isEscaped = escape < end;
    while (escape >= 0 && escape < end) {
      // The quote itself may be the escaped character.
      if (escape === end - 1) end = text.indexOf('"', end + 1);
      escape = text.indexOf("\\", escape + 2);
    }
    if (isEscaped && isKey(text, end + 1)) {
      keys.push({ start, end: end + 1, key: JSON.parse(text.slice(start, end + 1)) as string });
    }
    start = text.indexOf('"', end + 1);
  }
  return keys;
}

function isKey(text: string, at: number): boolean {
  while (/[ \t\r\n]/.test(text[at] ?? "")) at++;
  return text[at] === ":";
}

/** Returns the text with its keys written without escapes, and with placeholders for keys that need an escape. */
function withoutEscapes(text: string, keys: readonly EscapedKey[]): { plain: string; names: Map<string, string> } {
  const mark = MARK.repeat(1 + Math.max(longestRun(text), ...new Set(keys.map(({ key }) => longestRun(key)))));
  const standIns = new Map<string, string>();
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, key } of keys) {
    let name = key;
    if (NEEDS_ESCAPE.test(key)) {
      name = standIns.get(key) ?? `${mark}${standIns.size}`;
      standIns.set(key, name);
    }
    parts.push(text.slice(at, start), `"${name}"`);
    at = end;
  }
  parts.push(text.slice(at));
  return { plain: parts.join(""), names: new Map([...standIns].map(([key, name]) => [name, key])) };
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(MARKS)) longest = Math.max(longest, run.length);
  return longest;
}

/** Replaces placeholder keys by their names in all objects; changes `root` in place and keeps the order of keys. */
function renamed(root: unknown, names: ReadonlyMap<string, string>): unknown {
  const rest: unknown[] = [root];
  for (let value = rest.pop(); value !== undefined; value = rest.pop()) {
    if (typeof value !== "object" || value === null) continue;
    for (const child of Object.values(value)) {
      if (typeof child === "object" && child !== null) rest.push(child);
    }
    if (Array.isArray(value) || !Object.keys(value).some((key) => names.has(key))) continue;
    for (const [key, child] of Object.entries(value)) {
      Reflect.deleteProperty(value, key);
      const property = { value: child, writable: true, enumerable: true, configurable: true };
      Object.defineProperty(value, names.get(key) ?? key, property);
    }
  }
  return root;
}

/**
 * Parses tokens into the tree of the first document.
 *
 * A state machine with its own stack, so that deep documents do not exhaust the call stack.
 *
 * Source: gopkg.in/yaml.v2 2.2.4, `parserc.go` and the first half of `decode.go`.
 *
 * @module
 */

import { YamlError } from "../../../errors.ts";
import { ALIAS_NODE, type Child, type Document, MAPPING, Node, SCALAR, SEQUENCE } from "./node.ts";
import { Scanner } from "./scanner.ts";
import { resolveSimple } from "./resolve.ts";
import { problemAt } from "./source.ts";
import * as T from "./token.ts";

// States of the machine, after `yaml_parser_state_t`.
const DONE = 0;
const BLOCK_SEQUENCE_FIRST = 1;
const BLOCK_SEQUENCE_ENTRY = 2;
const INDENTLESS_ENTRY = 3;
const BLOCK_MAPPING_FIRST = 4;
const BLOCK_MAPPING_KEY = 5;
const BLOCK_MAPPING_VALUE = 6;
const FLOW_SEQUENCE_FIRST = 7;
const FLOW_SEQUENCE_ENTRY = 8;
const PAIR_KEY = 9;
const PAIR_VALUE = 10;
const PAIR_END = 11;
const FLOW_MAPPING_FIRST = 12;
const FLOW_MAPPING_KEY = 13;
const FLOW_MAPPING_VALUE = 14;
const FLOW_MAPPING_EMPTY_VALUE = 15;

const STANDARD_TAGS = "tag:yaml.org,2002:";

/**
 * Returns the first document, or `undefined` when there is none.
 *
 * @param nodesMax Scalars, collections and aliases that it may have.
 */
export function parseDocument(
  text: string,
  nodesMax = Infinity,
  resolve: typeof resolveSimple = resolveSimple,
): Document | undefined {
  return new Parser(text, nodesMax, resolve).parse();
}

class Parser {
  readonly #scanner: Scanner;
  readonly #anchors = new Map<string, Node>();
  readonly #tags = new Map<string, string>();
  /** Collections that are open; the outermost holds the root. */
  readonly #open: Node[] = [new Node(SEQUENCE, 0, "", "", true)];
  /** States to return to when a node is complete. */
  readonly #after: number[] = [];
  /** Lines where the open collections that can be left unfinished began. */
  readonly #lines: number[] = [];
  #state = DONE;
  readonly #nodesMax: number;
  readonly #resolve: typeof resolveSimple;
  #nodes = 0;

  constructor(text: string, nodesMax: number, resolve: typeof resolveSimple) {
    this.#nodesMax = nodesMax;
    this.#resolve = resolve;
    this.#scanner = new Scanner(text);
  }

  parse(): Document | undefined {
    if (!this.#startDocument()) return undefined;
    while (this.#state !== DONE) this.#step();
    // The reader looks at what follows the document before it uses the document.
    this.#scanner.peek();
    const root = this.#open[0]?.children[0];
    return root === undefined ? undefined : { root, anchors: this.#anchors };
  }

  /** Reads directives and `---`, and the root node or its beginning. */
  #startDocument(): boolean {
    const scanner = this.#scanner;
    let token = scanner.peek();
    if (token.type === T.STREAM_END) return false;
    // Only a document that has directives or `---` may be empty.
    const explicit = token.type === T.VERSION_DIRECTIVE || token.type === T.TAG_DIRECTIVE ||
      token.type === T.DOCUMENT_START;
    this.#readDirectives();
    this.#after.push(DONE);
    if (explicit) {
      token = scanner.peek();
      if (token.type !== T.DOCUMENT_START) throw this.#error("did not find expected <document start>", token);
      scanner.skip();
      token = scanner.peek();
      if (
        token.type === T.VERSION_DIRECTIVE || token.type === T.TAG_DIRECTIVE || token.type === T.DOCUMENT_START ||
        token.type === T.DOCUMENT_END || token.type === T.STREAM_END
      ) {
        this.#emptyScalar(DONE);
        return true;
      }
    }
    this.#node(true, false);
    return true;
  }

  #readDirectives(): void {
    let version = false;
    for (;;) {
      const token = this.#scanner.peek();
      if (token.type === T.VERSION_DIRECTIVE) {
        if (version) throw this.#error("found duplicate %YAML directive", token);
        if (token.value !== "1.1") throw this.#error("found incompatible YAML document", token);
        version = true;
      } else if (token.type === T.TAG_DIRECTIVE) {
        if (this.#tags.has(token.value)) throw this.#error("found duplicate %TAG directive", token);
        this.#tags.set(token.value, token.suffix);
      } else break;
      this.#scanner.skip();
    }
    if (!this.#tags.has("!")) this.#tags.set("!", "!");
    if (!this.#tags.has("!!")) this.#tags.set("!!", STANDARD_TAGS);
  }

  #step(): void {
    switch (this.#state) {
      case BLOCK_SEQUENCE_FIRST:
        return this.#blockSequence(true);
      case BLOCK_SEQUENCE_ENTRY:
        return this.#blockSequence(false);
      case INDENTLESS_ENTRY:
        return this.#indentlessSequence();
      case BLOCK_MAPPING_FIRST:
        return this.#blockMappingKey(true);
      case BLOCK_MAPPING_KEY:
        return this.#blockMappingKey(false);
      case BLOCK_MAPPING_VALUE:
        return this.#blockMappingValue();
      case FLOW_SEQUENCE_FIRST:
        return this.#flowSequence(true);
      case FLOW_SEQUENCE_ENTRY:
        return this.#flowSequence(false);
      case PAIR_KEY:
        return this.#pairKey();
      case PAIR_VALUE:
        return this.#pairValue();
      case PAIR_END:
        return this.#closePair();
      case FLOW_MAPPING_FIRST:
        return this.#flowMappingKey(true);
      case FLOW_MAPPING_KEY:
        return this.#flowMappingKey(false);
      case FLOW_MAPPING_VALUE:
        return this.#flowMappingValue(false);
      default:
        return this.#flowMappingValue(true);
    }
  }

  /**
   * Returns an error with the 0-based line. Helm 2: on the first line it is the line of the
   * collection instead.
   */
  #error(problem: string, token: T.Token, contextLine = 0): YamlError {
    return problemAt(token.line === 0 ? contextLine : token.line, problem);
  }

  #unfinished(problem: string, token: T.Token): YamlError {
    return this.#error(problem, token, this.#lines[this.#lines.length - 1]);
  }

  #deliver(child: Child): void {
    if (++this.#nodes > this.#nodesMax) throw new YamlError(`yaml: document has more than ${this.#nodesMax} nodes`);
    (this.#open[this.#open.length - 1] as Node).children.push(child);
  }

  #emptyScalar(next: number): void {
    this.#deliver(null);
    this.#state = next;
  }

  /** The node is complete: returns to the state before it. */
  #leave(): void {
    this.#state = this.#after.pop() ?? DONE;
  }

  #close(): void {
    this.#open.pop();
    this.#lines.pop();
    this.#leave();
    this.#scanner.skip();
  }

  /** Opens a collection. Its tag changes nothing. */
  #startCollection(kind: number, line: number, anchor: string, next: number): void {
    const node = new Node(kind, line, "", "", true);
    if (anchor !== "") this.#anchors.set(anchor, node);
    this.#deliver(node);
    this.#open.push(node);
    this.#state = next;
  }

  #alias(token: T.Token): void {
    const target = this.#anchors.get(token.value);
    if (target === undefined) throw new YamlError(`yaml: unknown anchor '${token.value}' referenced`);
    this.#deliver(new Node(ALIAS_NODE, token.line, "", token.value, false, target));
    this.#leave();
    this.#scanner.skip();
  }

  /** Reads a node: all of a scalar or alias, the beginning of a collection. */
  #node(block: boolean, indentless: boolean): void {
    const scanner = this.#scanner;
    let token = scanner.peek();
    const line = token.line;
    let anchor = "", suffix = "", tagLine = 0;
    let handle: string | undefined;
    if (token.type === T.ALIAS) return this.#alias(token);
    // Anchor and tag may come in either order, each once.
    for (let i = 0; i < 2; i++) {
      if (token.type === T.ANCHOR && anchor === "") anchor = token.value;
      else if (token.type === T.TAG && handle === undefined) {
        handle = token.value;
        suffix = token.suffix;
        tagLine = token.line;
      } else break;
      scanner.skip();
      token = scanner.peek();
    }
    const tag = handle === undefined ? "" : this.#fullTag(handle, suffix, tagLine || line);
    switch (token.type) {
      case T.PLAIN:
      case T.QUOTED: {
        if (anchor === "" && tag === "") return this.#value(token);
        const implicit = tag === "" ? token.type === T.PLAIN : tag === "!";
        return this.#scalar(new Node(SCALAR, line, tag, token.value, implicit), anchor, true);
      }
      case T.BLOCK_ENTRY:
        if (indentless) return this.#startCollection(SEQUENCE, line, anchor, INDENTLESS_ENTRY);
        break;
      case T.FLOW_SEQUENCE_START:
        return this.#startCollection(SEQUENCE, line, anchor, FLOW_SEQUENCE_FIRST);
      case T.FLOW_MAPPING_START:
        return this.#startCollection(MAPPING, line, anchor, FLOW_MAPPING_FIRST);
      case T.BLOCK_SEQUENCE_START:
        if (block) return this.#startCollection(SEQUENCE, line, anchor, BLOCK_SEQUENCE_FIRST);
        break;
      case T.BLOCK_MAPPING_START:
        if (block) return this.#startCollection(MAPPING, line, anchor, BLOCK_MAPPING_FIRST);
        break;
    }
    // An anchor or a tag alone is an empty scalar with it.
    if (anchor === "" && tag === "") throw this.#error("did not find expected node content", token, line);
    this.#scalar(new Node(SCALAR, line, tag, "", tag === ""), anchor, false);
  }

  /**
   * Delivers a scalar without anchor and tag: as its value where that is safe, as a node where its
   * text is still needed.
   */
  #value({ type, value, line }: T.Token): void {
    const simple = type === T.QUOTED ? value : value === "<<" ? undefined : this.#resolve(value);
    this.#deliver(simple === undefined ? new Node(SCALAR, line, "", value, true) : simple);
    this.#leave();
    this.#scanner.skip();
  }

  #scalar(node: Node, anchor: string, skip: boolean): void {
    if (anchor !== "") this.#anchors.set(anchor, node);
    this.#deliver(node);
    this.#leave();
    if (skip) this.#scanner.skip();
  }

  #fullTag(handle: string, suffix: string, line: number): string {
    if (handle === "") return suffix;
    const prefix = this.#tags.get(handle);
    if (prefix === undefined) throw problemAt(line, "found undefined tag handle");
    return prefix + suffix;
  }

  #blockSequence(first: boolean): void {
    if (first) this.#enter();
    const token = this.#scanner.peek();
    if (token.type === T.BLOCK_ENTRY) {
      this.#scanner.skip();
      const next = this.#scanner.peek().type;
      if (next === T.BLOCK_ENTRY || next === T.BLOCK_END) return this.#emptyScalar(BLOCK_SEQUENCE_ENTRY);
      this.#after.push(BLOCK_SEQUENCE_ENTRY);
      return this.#node(true, false);
    }
    if (token.type === T.BLOCK_END) return this.#close();
    throw this.#unfinished("did not find expected '-' indicator", token);
  }

  /** Reads the token that opens a collection, and notes its line for errors. */
  #enter(): void {
    this.#lines.push(this.#scanner.peek().line);
    this.#scanner.skip();
  }

  /** Reads a list with the indentation of its key. No token ends it, so none is skipped. */
  #indentlessSequence(): void {
    const token = this.#scanner.peek();
    if (token.type !== T.BLOCK_ENTRY) {
      this.#open.pop();
      return this.#leave();
    }
    this.#scanner.skip();
    const next = this.#scanner.peek().type;
    if (next === T.BLOCK_ENTRY || next === T.KEY || next === T.VALUE || next === T.BLOCK_END) {
      return this.#emptyScalar(INDENTLESS_ENTRY);
    }
    this.#after.push(INDENTLESS_ENTRY);
    this.#node(true, false);
  }

  #blockMappingKey(first: boolean): void {
    if (first) this.#enter();
    const token = this.#scanner.peek();
    if (token.type === T.BLOCK_END) return this.#close();
    if (token.type !== T.KEY) throw this.#unfinished("did not find expected key", token);
    this.#scanner.skip();
    this.#blockMappingNode(BLOCK_MAPPING_VALUE);
  }

  #blockMappingValue(): void {
    const token = this.#scanner.peek();
    if (token.type !== T.VALUE) return this.#emptyScalar(BLOCK_MAPPING_KEY);
    this.#scanner.skip();
    this.#blockMappingNode(BLOCK_MAPPING_KEY);
  }

  #blockMappingNode(after: number): void {
    const next = this.#scanner.peek().type;
    if (next === T.KEY || next === T.VALUE || next === T.BLOCK_END) return this.#emptyScalar(after);
    this.#after.push(after);
    this.#node(true, true);
  }

  #flowSequence(first: boolean): void {
    if (first) this.#enter();
    let token = this.#scanner.peek();
    if (token.type !== T.FLOW_SEQUENCE_END) {
      if (!first) {
        if (token.type !== T.FLOW_ENTRY) throw this.#unfinished("did not find expected ',' or ']'", token);
        this.#scanner.skip();
        token = this.#scanner.peek();
      }
      if (token.type === T.KEY) {
        this.#startCollection(MAPPING, token.line, "", PAIR_KEY);
        return this.#scanner.skip();
      }
      if (token.type !== T.FLOW_SEQUENCE_END) {
        this.#after.push(FLOW_SEQUENCE_ENTRY);
        return this.#node(false, false);
      }
    }
    this.#close();
  }

  #pairKey(): void {
    const token = this.#scanner.peek();
    if (token.type === T.VALUE || token.type === T.FLOW_ENTRY || token.type === T.FLOW_SEQUENCE_END) {
      // Helm 2: the library skips the token here, so a key that is left out swallows the token
      // after it.
      this.#scanner.skip();
      return this.#emptyScalar(PAIR_VALUE);
    }
    this.#after.push(PAIR_VALUE);
    this.#node(false, false);
  }

  #pairValue(): void {
    let token = this.#scanner.peek();
    if (token.type === T.VALUE) {
      this.#scanner.skip();
      token = this.#scanner.peek();
      if (token.type !== T.FLOW_ENTRY && token.type !== T.FLOW_SEQUENCE_END) {
        this.#after.push(PAIR_END);
        return this.#node(false, false);
      }
    }
    this.#emptyScalar(PAIR_END);
  }

  #closePair(): void {
    this.#scanner.peek();
    this.#open.pop();
    this.#state = FLOW_SEQUENCE_ENTRY;
  }

  #flowMappingKey(first: boolean): void {
    if (first) this.#enter();
    let token = this.#scanner.peek();
    if (token.type !== T.FLOW_MAPPING_END) {
      if (!first) {
        if (token.type !== T.FLOW_ENTRY) throw this.#unfinished("did not find expected ',' or '}'", token);
        this.#scanner.skip();
        token = this.#scanner.peek();
      }
      if (token.type === T.KEY) {
        this.#scanner.skip();
        return this.#flowMappingNode(FLOW_MAPPING_VALUE, true);
      }
      if (token.type !== T.FLOW_MAPPING_END) {
        this.#after.push(FLOW_MAPPING_EMPTY_VALUE);
        return this.#node(false, false);
      }
    }
    this.#close();
  }

  #flowMappingValue(empty: boolean): void {
    const token = this.#scanner.peek();
    if (empty || token.type !== T.VALUE) return this.#emptyScalar(FLOW_MAPPING_KEY);
    this.#scanner.skip();
    this.#flowMappingNode(FLOW_MAPPING_KEY, false);
  }

  #flowMappingNode(after: number, isKey: boolean): void {
    const token = this.#scanner.peek();
    if (token.type === T.FLOW_ENTRY || token.type === T.FLOW_MAPPING_END || (isKey && token.type === T.VALUE)) {
      return this.#emptyScalar(after);
    }
    this.#after.push(after);
    this.#node(false, false);
  }
}

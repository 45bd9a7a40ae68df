/**
 * Builds trees from tokens.
 *
 * Source: Go 1.14, `text/template/parse/parse.go`; for templates of Helm 3, the same file of Go 1.26.
 *
 * @module
 */
import { TemplateError } from "../../../errors.ts";
import { quote, unquote } from "../golang/mod.ts";
import { Lexer, type Token, type TokenKind, tokenText } from "./lexer.ts";
import {
  type ActionNode,
  type BranchNode,
  type ChainNode,
  type CommandNode,
  isEmptyNode,
  type JumpNode,
  type ListNode,
  nodeText,
  type NumberNode,
  type Operand,
  type PipeNode,
  type Source,
  type Statement,
  type TemplateNode,
  type Tree,
  type VariableNode,
} from "./nodes.ts";
import { parseNumber } from "./numbers.ts";

/** The end of a list: `{{end}}` or `{{else}}`. */
interface Closer {
  readonly kind: "end" | "else";
  readonly pos: number;
}

const OPERAND_STARTS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  "bool",
  "rune",
  "complex",
  "dot",
  "field",
  "identifier",
  "number",
  "nil",
  "rawString",
  "string",
  "variable",
  "leftParen",
]);

/** Operands that cannot take a value from the pipe. */
const LITERALS: ReadonlySet<Operand["kind"]> = new Set<Operand["kind"]>(["bool", "dot", "nil", "number", "string"]);

/** An empty list, shared by all that are empty. */
const NONE: readonly never[] = [];

/** Lists up to this length are copied when they grow. */
const SHORT = 8;

/**
 * Returns `list` with one more item; `list` itself may be changed and is of no further use. Nearly all lists of a
 * template are short and there are very many of these, so they take no more room than they need, as one that grows by
 * `push` would. A long one is not copied again and again.
 */
function withOne<T>(list: readonly T[], item: T): readonly T[] {
  if (list.length === 0) return [item];
  if (list.length < SHORT) return [...list, item];
  (list as T[]).push(item);
  return list;
}

/** Deeper nesting would overflow the stack. No known chart comes near this limit. */
const NESTING_MAX = 1000;

/** Returns the line, from 1, of an index into a text. */
function lineAt(text: string, pos: number): number {
  return text.slice(0, pos).split("\n").length;
}

/** The state that the parsers of one text share. */
interface Shared {
  readonly source: Source;
  readonly lexer: Lexer;
  readonly trees: Map<string, Tree>;
  readonly hasFunction: (name: string) => boolean;
  readonly isCurrent: boolean;
  nesting: number;
}

/**
 * Parses a text into its own tree, under `name`, and one for each `define`
 * and `block`.
 *
 * @param isCurrent True for the language of Go 1.26; default: that of Go 1.14.
 * @throws TemplateError with the message of Go's parser, which begins with `template: `.
 */
export function parseTemplate(
  name: string,
  text: string,
  hasFunction: (name: string) => boolean,
  isCurrent = false,
): Map<string, Tree> {
  const trees = new Map<string, Tree>();
  const lexer = new Lexer(text, isCurrent);
  const shared: Shared = { source: { name, text }, lexer, trees, hasFunction, isCurrent, nesting: 0 };
  new Parser(shared, name).file();
  return trees;
}

/** Parses one tree; a `define` inside it gets a parser of its own over the same tokens. */
class Parser {
  /** The last tokens read, newest first: three can be put back. */
  private readonly token: Token[] = [];
  private peeked = 0;
  private vars: string[] = ["$"];
  /** How many `range`s the parser is inside of. */
  private ranges = 0;
  /** Where the action that is read begins; `undefined` between actions. */
  private actionStart: number | undefined;

  constructor(private readonly shared: Shared, private name: string) {}

  // Tokens

  private next(): Token {
    // Tokens that were put back come first.
    if (this.peeked > 0) this.peeked -= 1;
    else this.token[0] = this.shared.lexer.next();
    return this.token[this.peeked] as Token;
  }

  private peek(): Token {
    if (this.peeked === 0) {
      this.token[0] = this.shared.lexer.next();
      this.peeked = 1;
    }
    return this.token[this.peeked - 1] as Token;
  }

  private nextNonSpace(): Token {
    for (;;) {
      const token = this.next();
      if (token.kind !== "space") return token;
    }
  }

  private peekNonSpace(): Token {
    const token = this.nextNonSpace();
    // Spaces before the token are dropped; only the token itself is put back.
    this.peeked += 1;
    return token;
  }

  private backup(): void {
    this.peeked += 1;
  }

  private fail(message: string, hint?: string): never {
    const { name, text } = this.shared.source;
    // Go names the line of the token read last, even if that was put back.
    const pos = this.token[0]?.pos ?? -1;
    const line = pos < 0 ? 0 : lineAt(text, pos);
    const trace = [{ path: name, line, column: undefined }];
    throw new TemplateError(`template: ${name}:${line}: ${message}`, trace, { hint });
  }

  private unexpected(token: Token, context: string): never {
    if (token.kind === "error" && this.shared.isCurrent) this.failToken(token);
    this.fail(`unexpected ${tokenText(token)} in ${context}`);
  }

  /** Throws the error of a token; Go 1.26 adds the line where an action of several lines begins. */
  private failToken({ value, pos }: Token): never {
    const { isCurrent, source } = this.shared;
    const start = this.actionStart === undefined ? undefined : lineAt(source.text, this.actionStart);
    if (!isCurrent || start === undefined || start === lineAt(source.text, pos)) this.fail(value);
    this.fail(`${value}${value.endsWith(" action") ? "" : " in action"} started at ${source.name}:${start}`);
  }

  private expect(kind: TokenKind, context: string): Token {
    const token = this.nextNonSpace();
    if (token.kind !== kind) this.unexpected(token, context);
    return token;
  }

  /** Parses one level deeper, within the limit. */
  private deeper<T>(parse: () => T): T {
    if (++this.shared.nesting > NESTING_MAX) this.fail("actions are nested too deep");
    // An error ends the whole parse, so the counter is not restored after one.
    const result = parse();
    this.shared.nesting -= 1;
    return result;
  }

  // Lists

  /** The whole text. */
  file(): void {
    const root: ListNode = { kind: "list", pos: this.peek().pos, nodes: [] };
    while (this.peek().kind !== "eof") {
      // A `define` is parsed at the top level only. Inside a list the word is unexpected.
      const found = this.peek().kind === "leftDelim" && this.definition();
      if (found === true) continue;
      const node = found || this.statement();
      if (node.kind === "end" || node.kind === "else") this.fail(`unexpected {{${node.kind}}}`);
      root.nodes.push(node as Statement);
    }
    this.add(root);
  }

  /** Reads a `define` and returns true. Returns an action if it had to read one, or false with all tokens put back. */
  private definition(): boolean | ActionNode {
    const delim = this.next();
    const raw = this.rawAction();
    if (raw !== undefined) return raw;
    if (this.nextNonSpace().kind === "define") {
      // Go's placeholder; `define` replaces it with the name that it reads.
      new Parser(this.shared, "definition").define();
      return true;
    }
    // Puts two tokens back, as Go's `backup2` does.
    this.token[1] = delim;
    this.peeked = 2;
    return false;
  }

  private define(): void {
    const context = "define clause";
    const token = this.nextNonSpace();
    if (token.kind !== "string" && token.kind !== "rawString") this.unexpected(token, context);
    this.name = this.text(token);
    this.expect("rightDelim", context);
    this.body(context);
  }

  /** Parses the list between a `define` or `block` and its `end`. */
  private body(context: string): void {
    const { list, closer } = this.list();
    if (closer.kind !== "end") this.fail(`unexpected {{${closer.kind}}} in ${context}`);
    this.add(list);
  }

  private add(root: ListNode): void {
    const { trees, source } = this.shared;
    const old = trees.get(this.name);
    const isEmpty = isEmptyNode(root);
    // Go allows a second definition in one text only if one of the two is blank.
    if (old === undefined || old.isEmpty) trees.set(this.name, { name: this.name, source, root, isEmpty });
    else if (!isEmpty) this.fail(`template: multiple definition of template ${quote(this.name)}`);
  }

  /** Reads a list up to its `{{end}}` or `{{else}}`. */
  private list(): { list: ListNode; closer: Closer } {
    const { pos } = this.peekNonSpace();
    const nodes: Statement[] = [];
    while (this.peekNonSpace().kind !== "eof") {
      const node = this.statement();
      // The copy takes no more memory than its items; an array that grew reserves more.
      if (node.kind === "end" || node.kind === "else") {
        return { list: { kind: "list", pos, nodes: nodes.slice() }, closer: node };
      }
      nodes.push(node as Statement);
    }
    this.fail("unexpected EOF");
  }

  /** Reads a text or an action, or the end of a list. */
  private statement(): Statement | Closer {
    const token = this.nextNonSpace();
    if (token.kind === "text") return { kind: "text", pos: token.pos, text: token.value };
    if (token.kind !== "leftDelim") this.unexpected(token, "input");
    this.actionStart = token.pos;
    const read = this.action();
    this.actionStart = undefined;
    return read;
  }

  /** Reads an action that is one string in backquotes, after its left delimiter; `undefined` if another action comes. */
  private rawAction(): ActionNode | undefined {
    // The lexer is already past a token that was put back.
    if (this.peeked > 0) return undefined;
    const token = this.shared.lexer.rawAction();
    if (token === undefined) return undefined;
    const { pos, value } = token;
    const string: Operand = { kind: "string", pos, quoted: value, text: this.text(token) };
    const command: CommandNode = { kind: "command", pos, args: [string] };
    return { kind: "action", pos, pipe: { kind: "pipe", pos, isAssign: false, decl: NONE, cmds: [command] } };
  }

  /** Reads an action, after its left delimiter. */
  private action(): Statement | Closer {
    const raw = this.rawAction();
    if (raw !== undefined) return raw;
    switch (this.nextNonSpace().kind) {
      case "block":
        return this.block();
      case "break":
        return this.jump("break");
      case "continue":
        return this.jump("continue");
      case "else":
        return this.otherwise();
      case "end":
        return { kind: "end", pos: this.expect("rightDelim", "end").pos };
      case "if":
        return this.branch("if");
      case "range":
        return this.branch("range");
      case "template":
        return this.template();
      case "with":
        return this.branch("with");
    }
    // The token is no keyword, so a pipeline begins with it.
    this.backup();
    const { pos } = this.peek();
    return { kind: "action", pos, pipe: this.pipeline("command") } satisfies ActionNode;
  }

  /** `{{break}}` or `{{continue}}`. */
  private jump(kind: JumpNode["kind"]): JumpNode {
    // The keyword was read last.
    const { pos } = this.token[this.peeked] as Token;
    const token = this.nextNonSpace();
    if (token.kind !== "rightDelim") this.unexpected(token, `{{${kind}}}`);
    if (this.ranges === 0) this.fail(`{{${kind}}} outside {{range}}`);
    return { kind, pos };
  }

  private otherwise(): Closer {
    const peeked = this.peekNonSpace();
    // The `if` of `{{else if}}` is left for `elseList`.
    if (peeked.kind === "if" || peeked.kind === "with" && this.shared.isCurrent) {
      return { kind: "else", pos: peeked.pos };
    }
    return { kind: "else", pos: this.expect("rightDelim", "else").pos };
  }

  private branch(kind: BranchNode["kind"]): BranchNode {
    return this.deeper(() => {
      // Variables that are declared in a branch end with it.
      const scope = this.vars.length;
      const pipe = this.pipeline(kind);
      const inside = kind === "range" ? 1 : 0;
      this.ranges += inside;
      const { list, closer } = this.list();
      this.ranges -= inside;
      const elseList = closer.kind === "else" ? this.elseList(kind, closer) : undefined;
      this.vars.length = scope;
      return { kind, pos: pipe.pos, pipe, list, elseList };
    });
  }

  private elseList(kind: BranchNode["kind"], closer: Closer): ListNode {
    // `{{else if}}` is an `if` inside the else whose `end` closes both; so is `{{else with}}` of a `with`.
    if (kind !== "range" && this.peek().kind === kind) {
      this.next();
      return { kind: "list", pos: closer.pos, nodes: [this.branch(kind)] };
    }
    const { list, closer: last } = this.list();
    if (last.kind !== "end") this.fail(`expected end; found {{${last.kind}}}`);
    return list;
  }

  private block(): TemplateNode {
    const context = "block clause";
    const token = this.nextNonSpace();
    const name = this.templateName(token, context);
    const pipe = this.pipeline(context);
    // The body is a template of its own: of the variables around it, it sees none but its own `$`.
    this.deeper(() => new Parser(this.shared, name).body(context));
    return { kind: "template", pos: token.pos, name, pipe };
  }

  private template(): TemplateNode {
    const context = "template clause";
    const token = this.nextNonSpace();
    const name = this.templateName(token, context);
    if (this.nextNonSpace().kind === "rightDelim") return { kind: "template", pos: token.pos, name, pipe: undefined };
    this.backup();
    return { kind: "template", pos: token.pos, name, pipe: this.pipeline(context) };
  }

  private templateName(token: Token, context: string): string {
    if (token.kind !== "string" && token.kind !== "rawString") this.unexpected(token, context);
    return this.text(token);
  }

  /** A string token without its quotes. */
  private text(token: Token): string {
    return unquote(token.value) ?? this.fail("invalid syntax");
  }

  // Pipelines

  /** Reads a pipeline up to its right delimiter or parenthesis; `context` is its name in errors. */
  private pipeline(context: string): PipeNode {
    const pipe: PipeNode = { kind: "pipe", pos: this.peekNonSpace().pos, isAssign: false, decl: NONE, cmds: NONE };
    while (this.declaration(pipe, context));
    for (;;) {
      const token = this.nextNonSpace();
      if (token.kind === "rightDelim" || token.kind === "rightParen") {
        this.checkPipeline(pipe, context);
        // `parenthesis` reads it again, to know that it was closed.
        if (token.kind === "rightParen") this.backup();
        return pipe;
      }
      if (!OPERAND_STARTS.has(token.kind)) this.unexpected(token, context);
      this.backup();
      pipe.cmds = withOne(pipe.cmds, this.command());
    }
  }

  /** Reads a variable that receives a value; true if a second one may follow. */
  private declaration(pipe: PipeNode, context: string): boolean {
    const variable = this.peekNonSpace();
    if (variable.kind !== "variable") return false;
    this.next();
    // A space is a token: in `$x foo`, even `foo` must be read to know that `$x` is an argument.
    const after = this.peek();
    const next = this.peekNonSpace();
    if (next.kind === "assign" || next.kind === "declare") {
      pipe.isAssign = next.kind === "assign";
      this.nextNonSpace();
      this.declare(pipe, variable);
      return false;
    }
    if (next.kind === "char" && next.value === ",") {
      this.nextNonSpace();
      this.declare(pipe, variable);
      // Only `range` takes two variables, an index and an element.
      if (context === "range" && pipe.decl.length < 2) {
        const { kind } = this.peekNonSpace();
        if (kind === "variable" || kind === "rightDelim" || kind === "rightParen") return true;
        this.fail("range can only initialize variables");
      }
      this.fail(`too many declarations in ${context}`);
    }
    // It is an argument, so the tokens are put back.
    if (after.kind === "space") {
      this.token[1] = after;
      this.token[2] = variable;
      this.peeked = 3;
    } else {
      this.token[1] = variable;
      this.peeked = 2;
    }
    return false;
  }

  private declare(pipe: PipeNode, token: Token): void {
    const node: VariableNode = { kind: "variable", pos: token.pos, idents: [token.value] };
    pipe.decl = [...pipe.decl, node];
    // Go adds the name for `=`, too, so the parser accepts later uses of a variable that was never declared.
    this.vars.push(token.value);
  }

  /** Fails for a pipeline without commands, and for a constant that would get a piped value. */
  private checkPipeline(pipe: PipeNode, context: string): void {
    if (pipe.cmds.length === 0) this.fail(`missing value for ${context}`);
    pipe.cmds.forEach((command, index) => {
      const first = command.args[0];
      if (index > 0 && first !== undefined && LITERALS.has(first.kind)) {
        this.fail(`non executable command in pipeline stage ${index + 1}`);
      }
    });
  }

  /** Reads operands up to a `|` or to the end of the pipeline. */
  private command(): CommandNode {
    const { pos } = this.peekNonSpace();
    let args: readonly Operand[] = NONE;
    for (;;) {
      this.peekNonSpace();
      const operand = this.operand();
      if (operand !== undefined) args = withOne(args, operand);
      const token = this.next();
      if (token.kind === "space") continue;
      if (token.kind === "error") this.failToken(token);
      if (token.kind === "rightDelim" || token.kind === "rightParen") this.backup();
      else if (token.kind !== "pipe") this.fail(`unexpected ${tokenText(token)} in operand`);
      break;
    }
    if (args.length === 0) this.fail("empty command");
    return { kind: "command", pos, args };
  }

  /** Reads a term and its fields; `undefined` if no term begins here. */
  private operand(): Operand | undefined {
    const node = this.term();
    // Each field is a token: `.a.b` has two, and becomes one node.
    if (node === undefined || this.peek().kind !== "field") return node;
    const { pos } = this.peek();
    const fields: string[] = [];
    while (this.peek().kind === "field") fields.push(this.next().value.slice(1));
    switch (node.kind) {
      case "field":
      case "variable":
        return { kind: node.kind, pos, idents: [...node.idents, ...fields] };
      case "bool":
      case "string":
      case "number":
      case "nil":
      case "dot":
        this.fail(`unexpected . after term ${quote(nodeText(node))}`);
    }
    return { kind: "chain", pos, node, fields } satisfies ChainNode;
  }

  private term(): Operand | undefined {
    const token = this.nextNonSpace();
    const { pos, value } = token;
    switch (token.kind) {
      case "error":
        return this.failToken(token);
      case "identifier":
        if (!this.shared.hasFunction(value)) {
          this.fail(
            `function ${quote(value)} not defined`,
            this.shared.isCurrent
              ? undefined
              : "Check its spelling. Functions that came with Helm 3, such as lookup, do not exist in Helm 2.",
          );
        }
        return { kind: "identifier", pos, name: value };
      case "dot":
      case "nil":
        return { kind: token.kind, pos };
      case "variable":
        if (!this.vars.includes(value)) this.fail(`undefined variable ${quote(value)}`);
        return { kind: "variable", pos, idents: [value] };
      case "field":
        return { kind: "field", pos, idents: [value.slice(1)] };
      case "bool":
        return { kind: "bool", pos, value: value === "true" };
      case "rune":
      case "complex":
      case "number":
        return this.number(token);
      case "leftParen":
        return this.parenthesis();
      case "string":
      case "rawString":
        return { kind: "string", pos, quoted: value, text: this.text(token) };
    }
    // No operand begins here. The caller decides if that is an error.
    this.backup();
    return undefined;
  }

  private parenthesis(): PipeNode {
    return this.deeper(() => {
      const pipe = this.pipeline("parenthesized pipeline");
      const token = this.next();
      if (token.kind !== "rightParen") this.fail(`unclosed right paren: unexpected ${tokenText(token)}`);
      return pipe;
    });
  }

  private number(token: Token): NumberNode {
    const number = parseNumber(token);
    return typeof number === "string" ? this.fail(number) : number;
  }
}

/**
 * The tree of a template, and how its nodes are printed in error messages.
 *
 * Source: Go 1.14, `text/template/parse/node.go`.
 *
 * @module
 */
import { quote } from "../golang/mod.ts";

/** The field of all nodes: their position, as an index into the source's text. */
interface At {
  readonly pos: number;
}

/** Text between actions. */
export interface TextNode extends At {
  readonly kind: "text";
  readonly text: string;
}

/** A sequence of nodes. */
export interface ListNode extends At {
  readonly kind: "list";
  readonly nodes: Statement[];
}

/** `{{pipeline}}`. */
export interface ActionNode extends At {
  readonly kind: "action";
  readonly pipe: PipeNode;
}

/** `if`, `with` and `range`. */
export interface BranchNode extends At {
  readonly kind: "if" | "with" | "range";
  readonly pipe: PipeNode;
  readonly list: ListNode;
  readonly elseList: ListNode | undefined;
}

/** `{{break}}` and `{{continue}}`. */
export interface JumpNode extends At {
  readonly kind: "break" | "continue";
}

/** `{{template "name" pipeline}}`. */
export interface TemplateNode extends At {
  readonly kind: "template";
  readonly name: string;
  readonly pipe: PipeNode | undefined;
}

/** Commands joined by `|`, and the variables that receive the result. */
export interface PipeNode extends At {
  readonly kind: "pipe";
  /** True for `=`, false for `:=`. */
  isAssign: boolean;
  decl: readonly VariableNode[];
  cmds: readonly CommandNode[];
}

/** Operands side by side: a function or value and its arguments. */
export interface CommandNode extends At {
  readonly kind: "command";
  readonly args: readonly Operand[];
}

/** A function's name. */
export interface IdentifierNode extends At {
  readonly kind: "identifier";
  readonly name: string;
}

/** `$name.a.b`; `idents[0]` is the name with its dollar. */
export interface VariableNode extends At {
  readonly kind: "variable";
  readonly idents: readonly string[];
}

/** `.a.b`. */
export interface FieldNode extends At {
  readonly kind: "field";
  readonly idents: readonly string[];
}

/** `(…).a.b`, or a function's name followed by fields. */
export interface ChainNode extends At {
  readonly kind: "chain";
  readonly node: Operand;
  readonly fields: readonly string[];
}

/** `.` */
export interface DotNode extends At {
  readonly kind: "dot";
}

/** `nil` */
export interface NilNode extends At {
  readonly kind: "nil";
}

/** `true` and `false`. */
export interface BoolNode extends At {
  readonly kind: "bool";
  readonly value: boolean;
}

/** A number, in every type that can hold it. */
export interface NumberNode extends At {
  readonly kind: "number";
  /** The source's spelling. */
  readonly text: string;
  readonly int?: bigint | undefined;
  readonly uint?: bigint | undefined;
  readonly float?: number | undefined;
  readonly complex?: { readonly re: number; readonly im: number } | undefined;
}

/** A string. */
export interface StringNode extends At {
  readonly kind: "string";
  /** The source's spelling. */
  readonly quoted: string;
  readonly text: string;
}

/** A node that a command can contain. */
export type Operand =
  | IdentifierNode
  | VariableNode
  | FieldNode
  | ChainNode
  | DotNode
  | NilNode
  | BoolNode
  | NumberNode
  | StringNode
  | PipeNode;

/** A node that a list can contain. */
export type Statement = TextNode | ActionNode | BranchNode | JumpNode | TemplateNode;

/** Any node. */
export type Node = Statement | ListNode | CommandNode | Operand;

/** The text that trees were parsed from. */
export interface Source {
  /** Name of the outermost template of the text, for error messages. */
  readonly name: string;
  /** The text. */
  readonly text: string;
}

/** One template: a file, or what a `define` holds. */
export interface Tree {
  readonly name: string;
  readonly source: Source;
  readonly root: ListNode;
  /** True if it holds only white space and comments; then it does not replace another definition. */
  readonly isEmpty: boolean;
}

/** True if the node holds only white space. */
export function isEmptyNode(node: Node): boolean {
  if (node.kind === "list") return node.nodes.every(isEmptyNode);
  if (node.kind !== "text") return false;
  const first = node.text.charCodeAt(0);
  // The first character of most texts already shows that they are not blank.
  return !(first > 0x20 && first < 0x7f) && /^[\t\n\v\f\r \u0085\p{Z}]*$/u.test(node.text);
}

/** Returns the text that a statement always writes; `undefined` if it depends on the run. */
export function fixedText(node: Statement): string | undefined {
  if (node.kind === "text") return node.text;
  // An action that sets a variable writes nothing.
  if (node.kind !== "action" || node.pipe.decl.length > 0 || node.pipe.cmds.length !== 1) return undefined;
  const { args } = node.pipe.cmds[0] as CommandNode;
  const first = args[0] as Operand;
  return args.length === 1 && first.kind === "string" ? first.text : undefined;
}

function commandText(node: CommandNode): string {
  return node.args.map((arg) => arg.kind === "pipe" ? `(${nodeText(arg)})` : nodeText(arg)).join(" ");
}

function pipeText(node: PipeNode): string {
  const commands = node.cmds.map(commandText).join(" | ");
  // Go prints `:=` even where the template has `=`.
  return node.decl.length === 0 ? commands : node.decl.map(nodeText).join(", ") + " := " + commands;
}

function branchText(node: BranchNode): string {
  const otherwise = node.elseList === undefined ? "" : "{{else}}" + nodeText(node.elseList);
  return `{{${node.kind} ${pipeText(node.pipe)}}}${nodeText(node.list)}${otherwise}{{end}}`;
}

/** Prints a node the way error messages show it. */
export function nodeText(node: Node): string {
  switch (node.kind) {
    case "text":
      return node.text;
    case "list":
      return node.nodes.map(nodeText).join("");
    case "action":
      return `{{${pipeText(node.pipe)}}}`;
    case "break":
    case "continue":
      return `{{${node.kind}}}`;
    case "if":
    case "with":
    case "range":
      return branchText(node);
    case "template":
      return `{{template ${quote(node.name)}${node.pipe === undefined ? "" : " " + pipeText(node.pipe)}}}`;
    case "pipe":
      return pipeText(node);
    case "command":
      return commandText(node);
    case "identifier":
      return node.name;
    case "variable":
      return node.idents.join(".");
    case "field":
      return node.idents.map((ident) => "." + ident).join("");
    case "chain":
      return chainText(node);
    case "dot":
      return ".";
    case "nil":
      return "nil";
    case "bool":
      return String(node.value);
    case "number":
      return node.text;
    case "string":
      return node.quoted;
  }
}

function chainText(node: ChainNode): string {
  const inner = nodeText(node.node);
  return (node.node.kind === "pipe" ? `(${inner})` : inner) + node.fields.map((field) => "." + field).join("");
}

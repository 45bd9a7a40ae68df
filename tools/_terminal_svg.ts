/**
 * Draws a terminal as an SVG that needs no script. Lines appear one command after the other; where motion is not
 * wanted, or not supported, all of them are there at once.
 *
 * @module
 */

/** A piece of a line in one style. */
export interface Piece {
  readonly text: string;
  /** Names of styles, such as `dim` or `red`. */
  readonly styles: readonly string[];
}

/** A command and the lines that it printed. */
export interface Act {
  readonly command: string;
  readonly lines: readonly (readonly Piece[])[];
}

const STYLES: Readonly<Record<string, string>> = {
  "1": "bold",
  "2": "dim",
  "31": "red",
  "32": "green",
  "33": "yellow",
  "34": "blue",
  "35": "magenta",
  "36": "cyan",
};

/** Returns the lines that are left on a screen of `columns`: what was overwritten is gone. */
export function screenLines(text: string, columns: number): Piece[][] {
  const lines = text.replaceAll("\r\n", "\n").replace(/\n+$/, "").split("\n");
  return lines.map((line) => cut(piecesOf(line.slice(line.lastIndexOf("\r") + 1)), columns));
}

function piecesOf(line: string): Piece[] {
  const pieces: Piece[] = [];
  let styles: string[] = [];
  // deno-lint-ignore no-control-regex
  for (const part of line.split(/(\x1b\[[0-9;?]*[A-Za-z])/)) {
    if (!part.startsWith("\x1b")) {
      if (part !== "") pieces.push({ text: tabsAsBlanks(part, lengthOf(pieces)), styles });
    } else if (part.endsWith("m")) {
      for (const code of part.slice(2, -1).split(";")) {
        if (code === "" || code === "0") styles = [];
        else if (STYLES[code] !== undefined) styles = [...styles, STYLES[code]];
      }
    }
  }
  return pieces;
}

const lengthOf = (pieces: readonly Piece[]): number => pieces.reduce((sum, { text }) => sum + text.length, 0);

function tabsAsBlanks(text: string, start: number): string {
  let result = "";
  for (const character of text) {
    result += character === "\t" ? " ".repeat(8 - (start + result.length) % 8) : character;
  }
  return result;
}

function cut(pieces: readonly Piece[], columns: number): Piece[] {
  let left = columns;
  return pieces.flatMap(({ text, styles }) => {
    const part = text.slice(0, left);
    left -= part.length;
    return part === "" ? [] : [{ text: part, styles }];
  });
}

const WIDTH = 8.4;
const HEIGHT = 19;
const MARGIN = 16;
const BAR = 34;

/** Seconds from one command to the next. */
const PACE = 2.4;

/** Returns the picture. */
export function terminalSvg(acts: readonly Act[], { columns }: { readonly columns: number }): string {
  const rows: string[] = [];
  let y = BAR + HEIGHT;
  let at = 0.3;
  const row = (pieces: readonly Piece[], delay: number): void => {
    const spans = pieces.map(({ text, styles }) => `<tspan class="${styles.join(" ")}">${escaped(text)}</tspan>`);
    rows.push(
      `<text xml:space="preserve" x="${MARGIN}" y="${y}" style="animation-delay:${delay.toFixed(1)}s">${
        spans.join("")
      }</text>`,
    );
    y += HEIGHT;
  };
  for (const { command, lines } of acts) {
    row([{ text: "$ ", styles: ["green"] }, { text: command, styles: ["bold"] }], at);
    lines.forEach((line) => row(line, at + 0.6));
    y += HEIGHT / 2;
    at += PACE;
  }
  const width = Math.ceil(columns * WIDTH + 2 * MARGIN);
  const label = `A terminal: ${acts.map(({ command }) => command).join(", ")}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${
    Math.ceil(y)
  }" role="img" aria-label="${label}">
<style>
text{font:14px/1 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d8dee9;white-space:pre;animation:show .1s both}
@keyframes show{from{opacity:0}to{opacity:1}}
@media (prefers-reduced-motion:reduce){text{animation:none}}
.bold{font-weight:700;fill:#fff}.dim{fill:#8b95a7}.red{fill:#f07178}.green{fill:#a3d977}.yellow{fill:#ffcb6b}.blue{fill:#82aaff}.magenta{fill:#c792ea}.cyan{fill:#89ddff}
</style>
<rect width="100%" height="100%" rx="8" fill="#1b2130"/>
<circle cx="20" cy="16" r="5" fill="#f07178"/><circle cx="38" cy="16" r="5" fill="#ffcb6b"/><circle cx="56" cy="16" r="5" fill="#a3d977"/>
${rows.join("\n")}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

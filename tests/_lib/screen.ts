/**
 * The screen of a terminal after a text was written to it: enough of a terminal for what this program writes.
 *
 * @module
 */

/** Returns the rows of a terminal, also those that have scrolled away, without blanks at their ends. */
export function screenOf(text: string, columns: number): string[] {
  const rows: string[][] = [[]];
  let [row, column] = [0, 0];
  const at = (): string[] => (rows[row] ??= []);
  for (let index = 0; index < text.length; index++) {
    const char = text[index] ?? "";
    if (char === "\r") column = 0;
    else if (char === "\n") row += 1;
    else if (char === "\u001b") {
      const [sequence = "", count = "", letter = ""] = /^\u001b\[([\d;?]*)([A-Za-z])/.exec(text.slice(index)) ?? [];
      if (sequence === "") throw new Error(`unknown sequence ${JSON.stringify(text.slice(index, index + 8))}`);
      index += sequence.length - 1;
      if (letter === "A") row = Math.max(0, row - Number(count || 1));
      else if (letter === "K") at().length = Math.min(at().length, column);
      else if (letter === "J") {
        at().length = Math.min(at().length, column);
        rows.length = row + 1;
      } else if (letter !== "m") throw new Error(`unknown sequence ${JSON.stringify(sequence)}`);
    } else {
      if (column === columns) [row, column] = [row + 1, 0];
      while (at().length < column) at().push(" ");
      at()[column] = char;
      column += 1;
    }
  }
  return Array.from(rows, (each) => (each ?? []).join("").trimEnd());
}

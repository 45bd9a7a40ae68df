/**
 * Letters that a user types while a command runs.
 *
 * @module
 */

/**
 * Calls `act` when a letter is typed, until the returned function is called. On a terminal the letter alone is enough; from a pipe
 * it is read when its line is. Ctrl-C works as before.
 */
export function onTypedLetter(letter: string, act: () => Promise<void>): () => void {
  const isTerminal = Deno.stdin.isTerminal();
  const isRaw = isTerminal && Deno.build.os !== "windows";
  // Without `cbreak` the terminal would send no signal for Ctrl-C.
  if (isRaw) Deno.stdin.setRaw(true, { cbreak: true });
  let isOver = false;
  const read = async (): Promise<void> => {
    const bytes = new Uint8Array(64);
    while (!isOver) {
      const count = await Deno.stdin.read(bytes);
      if (count === null || isOver) return;
      for (const typed of new TextDecoder().decode(bytes.subarray(0, count))) if (typed === letter) await act();
    }
  };
  // Standard input may be closed, or may not be read.
  read().catch(() => {});
  return () => {
    isOver = true;
    if (isRaw) Deno.stdin.setRaw(false);
  };
}

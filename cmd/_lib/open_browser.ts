/**
 * Opens the browser of the user.
 *
 * @module
 */

/** Returns the program that opens an address on this system, and its arguments. */
function opener(address: string): [program: string, args: string[]] {
  switch (Deno.build.os) {
    case "darwin":
      return ["open", [address]];
    case "windows":
      // `start` is a command of the shell; its first argument in quotes would be a title.
      return ["cmd", ["/c", "start", "", address.replaceAll("&", "^&")]];
    default:
      return ["xdg-open", [address]];
  }
}

/**
 * Opens an address, and returns false if there is no program for it. Does not wait for the browser.
 *
 * @param address An address of this machine, which the caller has made.
 */
export async function openBrowser(address: string): Promise<boolean> {
  const [program, args] = opener(address);
  try {
    const child = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" }).spawn();
    child.unref();
    // A program that cannot open anything says so soon; one that became the browser stays.
    const soon = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(true), 1000);
      Deno.unrefTimer(timer);
      child.status.then(({ success }) => {
        clearTimeout(timer);
        resolve(success);
      });
    });
    return await soon;
  } catch {
    return false; // there is no such program, or it may not be started
  }
}

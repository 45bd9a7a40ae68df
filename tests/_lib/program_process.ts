/**
 * The process of `program_in.ts`: reads command lines and writes their outcomes, as lines of JSON.
 *
 * @module
 */
import { linesOf } from "../../app/unittest_process.ts";
import { program } from "./program.ts";
import type { ProgramRequest } from "./program_in.ts";

const start = Deno.cwd();
const output = Deno.stdout.writable.getWriter();
for await (const line of linesOf(Deno.stdin.readable)) {
  const { folder, argv, options }: ProgramRequest = JSON.parse(line);
  Deno.chdir(folder);
  const outcome = await program(argv, options);
  // The test removes its folder next.
  Deno.chdir(start);
  await output.write(new TextEncoder().encode(`${JSON.stringify(outcome)}\n`));
}

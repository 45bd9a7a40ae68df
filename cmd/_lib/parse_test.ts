import { deepEqual, equal, throws } from "node:assert/strict";
import { SkegError } from "../../errors.ts";
import { defineFlags, GLOBAL_FLAGS } from "./command.ts";
import { findCommand, parseFlags, plainWords } from "./parse.ts";
import { COMMANDS } from "../mod.ts";

const FLAGS = defineFlags({
  "all": { type: "bool", short: "a", usage: "" },
  "quiet": { type: "bool", short: "q", usage: "" },
  "max": { type: "int", short: "m", usage: "", default: 256 },
  "name": { type: "string", short: "n", usage: "", variable: "NAME" },
  "limit": { type: "uint32", usage: "" },
  "set": { type: "stringArray", usage: "" },
  "values": { type: "valueFiles", short: "f", usage: "" },
  "sandbox": { type: "string", usage: "", bare: "default" },
  "old": { type: "bool", usage: "", deprecated: "Use --all instead" },
});

const parse = (words: string[], variables: Record<string, string> = {}) =>
  parseFlags(words, FLAGS, (name) => variables[name]);

/** The message of the usage error that `words` give. */
function complaint(...words: string[]): string {
  let message = "";
  throws(() => parse(words), (error) => {
    message = (error as Error).message;
    return error instanceof SkegError && error.kind === "usage";
  });
  return message;
}

Deno.test("parseFlags() reads long and short forms, attached and apart", () => {
  for (const words of [["--name", "x"], ["--name=x"], ["-n", "x"], ["-nx"], ["-n=x"]]) {
    equal(parse(words).values["name"], "x", words.join(" "));
  }
  equal(parse(["-n="]).values["name"], "=");
  equal(parse(["--name="]).values["name"], "");
  equal(parse(["--name", "-x"]).values["name"], "-x");
});

Deno.test("parseFlags() combines short switches, and gives switches values with an equals sign only", () => {
  const { values } = parse(["-aqm5"]);
  deepEqual([values["all"], values["quiet"], values["max"]], [true, true, 5]);
  deepEqual(parse(["--all", "false"]).args, ["false"]);
  equal(parse(["--all=f"]).values["all"], false);
});

Deno.test("parseFlags() mixes flags and arguments; -- ends flags", () => {
  deepEqual(parse(["a", "-q", "b", "--", "-q", "--bogus"]).args, ["a", "b", "-q", "--bogus"]);
  deepEqual(parse(["-", ""]).args, ["-", ""]);
});

Deno.test("parseFlags() lets the last one win, and adds up lists", () => {
  equal(parse(["-n", "a", "-n", "b"]).values["name"], "b");
  deepEqual(parse(["--set", "a=1,b=2", "--set", "c=3"]).values["set"], ["a=1,b=2", "c=3"]);
  deepEqual(parse(["-f", "a,b", "-f", "c"]).values["values"], ["a", "b", "c"]);
});

Deno.test("parseFlags() takes a bare word for a flag that may stand alone", () => {
  const alone = parse(["--sandbox", "x"]);
  deepEqual([alone.values["sandbox"], alone.args], ["default", ["x"]]);
  equal(parse(["--sandbox=state.db"]).values["sandbox"], "state.db");
});

Deno.test("parseFlags() reads integers in Go's bases", () => {
  const cases: [string, number][] = [["0x10", 16], ["010", 8], ["1_000", 1000], ["-7", -7], ["0b11", 3]];
  for (const [text, value] of cases) {
    equal(parse([`--max=${text}`]).values["max"], value, text);
  }
});

Deno.test("parseFlags() takes an environment variable when the flag is not given, and ignores what it cannot read", () => {
  equal(parse([], { NAME: "env" }).values["name"], "env");
  equal(parse(["--name", "given"], { NAME: "env" }).values["name"], "given");
  const debug = (text: string) =>
    parseFlags([], GLOBAL_FLAGS, (name) => name === "HELM_DEBUG" ? text : undefined).values["debug"];
  deepEqual([debug("1"), debug("t"), debug("yes"), debug("")], [true, true, false, false]);
});

Deno.test("parseFlags() notes deprecated flags that were used", () => {
  deepEqual(parse(["--old"]).notes, ["Flag --old has been deprecated, Use --all instead"]);
});

Deno.test("parseFlags() complains in Helm's words", () => {
  equal(complaint("--bogus"), "unknown flag: --bogus");
  equal(complaint("--bogus=1"), "unknown flag: --bogus");
  equal(complaint("-z"), "unknown shorthand flag: 'z' in -z");
  equal(complaint("-azq"), "unknown shorthand flag: 'z' in -zq");
  equal(complaint("-1"), "unknown shorthand flag: '1' in -1");
  equal(complaint("-é"), "unknown shorthand flag: 'Ã' in -é");
  equal(complaint("--=x"), "bad flag syntax: --=x");
  equal(complaint("---x"), "bad flag syntax: ---x");
  equal(complaint("--name"), "flag needs an argument: --name");
  equal(complaint("-n"), "flag needs an argument: 'n' in -n");
  equal(complaint("-aqn"), "flag needs an argument: 'n' in -n");
  equal(
    complaint("--max", "x"),
    'invalid argument "x" for "-m, --max" flag: strconv.ParseInt: parsing "x": invalid syntax',
  );
  equal(
    complaint("--all=x"),
    'invalid argument "x" for "-a, --all" flag: strconv.ParseBool: parsing "x": invalid syntax',
  );
  equal(
    complaint("--limit=4294967296"),
    'invalid argument "4294967296" for "--limit" flag: strconv.ParseUint: parsing "4294967296": value out of range',
  );
  equal(
    complaint("--limit=-1"),
    'invalid argument "-1" for "--limit" flag: strconv.ParseUint: parsing "-1": invalid syntax',
  );
});

Deno.test("findCommand() finds commands between global flags and by alias", () => {
  const find = (...words: string[]) => {
    const { path, words: rest } = findCommand(COMMANDS, words, GLOBAL_FLAGS);
    return [path.map((entry) => entry.name).join(" "), rest.join(" ")];
  };
  deepEqual(find("--home", "/x", "ls", "-q"), ["helm list", "--home /x -q"]);
  deepEqual(find("--debug", "get", "--home=/x", "values", "web"), ["helm get values", "--debug --home=/x web"]);
  deepEqual(find("get", "web"), ["helm get", "web"]);
  deepEqual(find("--", "list"), ["helm", "-- list"]);
});

Deno.test("plainWords() takes a flag it does not know to have a value", () => {
  deepEqual(plainWords(["--bogus", "list", "x"], GLOBAL_FLAGS), ["x"]);
  deepEqual(plainWords(["--debug", "list"], GLOBAL_FLAGS), ["list"]);
});

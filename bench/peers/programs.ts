/**
 * The programs that are compared, and the environment they run in.
 *
 * @module
 */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { V8_FLAGS } from "../../tools/v8_flags.ts";
import project from "../../deno.json" with { type: "json" };

/** Permissions of the program. */
const PERMISSIONS = ["--allow-read", "--allow-write", "--allow-net", "--allow-env", "--allow-run", "--allow-sys"];
/** How the npm package starts its modules, and the compiled program itself: nothing is looked for around them. */
const FLAGS = ["--quiet", "--no-prompt", "--no-npm", "--no-config", "--no-lock", "--unstable-worker-options"];

/** Command lines and paths of the programs. */
export interface Programs {
  /** The start of skeg's command lines: the split bundle, as users get it. */
  readonly skeg: readonly string[];
  /** An earlier build of skeg, when it is compared with that instead of the peers. */
  readonly before?: Earlier | undefined;
  /** A Deno process that runs nothing. */
  readonly empty: readonly string[];
  /** The start of command lines of a script of the project. */
  script(path: string): readonly string[];
  readonly helm2: string;
  readonly helm3: string;
  readonly helm4: string;
  readonly tiller: string;
  /** helm-unittest; absent: chart tests are measured without a peer. */
  readonly unittest: string | undefined;
  /** kubectl; absent: plans are measured without it. */
  readonly kubectl: string | undefined;
  /** kapp; absent: plans are measured without it. */
  readonly kapp: string | undefined;
  /** A separate empty home folder, also for Helm's and Deno's caches. */
  readonly home: string;
  /** The environment of every program. */
  readonly env: Readonly<Record<string, string>>;
  /** Returns a command line for the report, without the folders of this machine. */
  shown(command: readonly string[]): string;
  /** Returns the version text of each program. */
  versions(): Promise<readonly string[]>;
}

/** An earlier checkout of the project, with its build. */
export interface Earlier {
  /** The start of its command lines. */
  readonly skeg: readonly string[];
  /** Its folder. */
  readonly folder: string;
}

/** Options of {@linkcode findPrograms}. */
export interface FindOptions {
  /** Folder with `helm2`, `helm3`, `helm4` and `tiller`. */
  readonly peers: string;
  /** First file of the bundle. */
  readonly bundle: string;
  /** Folder for the home. */
  readonly work: string;
  /** Folder of an earlier checkout that is built. */
  readonly before?: string | undefined;
}

/** Finds the programs. */
export async function findPrograms({ peers, bundle, work, before }: FindOptions): Promise<Programs> {
  const home = join(work, "home");
  mkdirSync(home, { recursive: true });
  const nothing = join(work, "empty.js");
  writeFileSync(nothing, "");
  const path = (name: string): string => {
    const found = join(resolve(peers), name);
    if (!existsSync(found)) throw new Error(`${found} is missing`);
    return found;
  };
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing; make it with: deno task bundle`);
  const deno = Deno.execPath();
  const found = { helm2: path("helm2"), helm3: path("helm3"), helm4: path("helm4"), tiller: path("tiller") };
  const optional = (name: string): string | undefined => {
    const found = join(resolve(peers), name);
    return existsSync(found) ? found : undefined;
  };
  const [unittest, kubectl, kapp] = ["helm-unittest", "kubectl", "kapp"].map(optional);
  const skeg = startOf(V8_FLAGS, resolve(bundle));
  const env = {
    PATH: Deno.env.get("PATH") ?? "",
    HOME: home,
    HELM_HOME: join(home, "helm2"),
    TZ: "UTC",
    NO_PROXY: "127.0.0.1",
    NO_COLOR: "1",
  };
  mkdirSync(env.HELM_HOME, { recursive: true });
  const shown = (command: readonly string[]): string => {
    const line = command.join(" ").replace(skeg.join(" "), "skeg").replace(deno, "deno");
    return Object.entries({ ...found, "helm-unittest": unittest, kubectl, kapp }).reduce(
      (text, [name, place]) => place === undefined ? text : text.replaceAll(place, name),
      line,
    )
      .replaceAll(`${work}/`, "").replaceAll(`${Deno.cwd()}/`, "");
  };
  return {
    ...found,
    unittest,
    kubectl,
    kapp,
    skeg,
    before: before === undefined ? undefined : await earlier(resolve(before)),
    empty: [deno, "run", ...FLAGS, ...PERMISSIONS, nothing],
    script: (file) => [deno, "run", "--quiet", "--no-prompt", "--no-check", ...PERMISSIONS, file],
    home,
    env,
    shown,
    async versions() {
      const ask = async (command: readonly string[]): Promise<string> => {
        const [name = "", ...args] = command;
        const { stdout } = await new Deno.Command(name, { args, env, clearEnv: true, cwd: home }).output();
        return new TextDecoder().decode(stdout).trim();
      };
      const short = ["version", "--short"];
      return [
        `skeg ${project.version}, ${sizeOf(bundle)}`,
        `Deno ${Deno.version.deno} (V8 ${Deno.version.v8})`,
        `Helm 2 ${(await ask([found.helm2, "version", "--client", "--short"])).replace(/^Client: /, "")}`,
        `Helm 3 ${await ask([found.helm3, ...short])}`,
        `Helm 4 ${await ask([found.helm4, ...short])}`,
      ];
    },
  };
}

function startOf(v8Flags: string, bundle: string): string[] {
  return [Deno.execPath(), "run", `--v8-flags=${v8Flags}`, ...FLAGS, ...PERMISSIONS, bundle];
}

/** Returns how an earlier build is started: with the engine's flags of its time. */
async function earlier(folder: string): Promise<Earlier> {
  const places = [join(folder, "dist", "modules", "skeg.js"), join(folder, "dist", "skeg.js")];
  const bundle = places.find((path) => existsSync(path));
  if (bundle === undefined) throw new Error(`${folder} has no build; make it there with: deno task bundle`);
  const flags = join(folder, "tools", "v8_flags.ts");
  const module: { V8_FLAGS?: string } = existsSync(flags) ? await import(pathToFileURL(flags).href) : {};
  return { folder, skeg: startOf(module.V8_FLAGS ?? V8_FLAGS, bundle) };
}

/** Size of a bundle: of its one file, or of that and its chunks. */
function sizeOf(bundle: string): string {
  const chunks = join(dirname(bundle), "chunks");
  const files = existsSync(chunks) ? readdirSync(chunks).map((name) => join(chunks, name)) : [];
  const bytes = [bundle, ...files].reduce((sum, file) => sum + statSync(file).size, 0);
  return `${(bytes / 1e6).toFixed(1)} MB in ${files.length === 0 ? "one file" : `${files.length + 1} files`}`;
}

/**
 * Divides the program's modules for the bundle. Modules that common commands need
 * stay plain code; all others become units, which are unpacked when one of their
 * modules is first imported.
 *
 * @module
 */

/** The used fields of the bundler's metafile. */
export interface Metafile {
  readonly inputs: Readonly<Record<string, { readonly imports: readonly Imported[] }>>;
}

/** An import in the metafile. */
export interface Imported {
  readonly path: string;
  readonly kind: string;
  readonly external?: boolean;
}

/** Modules that are packed together, because they are reached by the same lazy imports. */
export interface Unit {
  readonly name: string;
  readonly modules: ReadonlySet<string>;
  /** The modules of the unit that modules outside of it import. */
  readonly doors: ReadonlySet<string>;
}

/** The division of the program. Paths are relative to its root. */
export interface Division {
  /** Modules that stay plain code. */
  readonly core: ReadonlySet<string>;
  /** The core modules that units import. */
  readonly coreDoors: ReadonlySet<string>;
  readonly units: readonly Unit[];
}

/**
 * Divides the modules.
 *
 * @param entry The program's first module.
 * @param atHand Lazily imported modules that stay plain code, with everything that they import.
 */
export function divide({ inputs }: Metafile, entry: string, atHand: readonly string[]): Division {
  const importsOf = (path: string): Imported[] =>
    (inputs[path]?.imports ?? []).filter((imported) => imported.external !== true && imported.path in inputs);
  const closure = (roots: readonly string[], without: ReadonlySet<string>): Set<string> => {
    const seen = new Set<string>();
    const left = [...roots];
    for (let path = left.pop(); path !== undefined; path = left.pop()) {
      if (seen.has(path) || without.has(path)) continue;
      seen.add(path);
      for (const imported of importsOf(path)) if (imported.kind !== "dynamic-import") left.push(imported.path);
    }
    return seen;
  };
  const core = closure([entry, ...atHand], new Set());
  const lazy = new Set(
    Object.keys(inputs).flatMap(importsOf).filter(({ kind }) => kind === "dynamic-import").map(({ path }) => path),
  );
  const leadingTo = new Map<string, string[]>();
  for (const root of [...lazy].filter((path) => !core.has(path)).sort()) {
    for (const path of closure([root], core)) leadingTo.set(path, [...leadingTo.get(path) ?? [], root]);
  }
  const groups = Map.groupBy(leadingTo.keys(), (path) => leadingTo.get(path)?.join("\n") ?? "");
  const units = [...groups.values()].map((paths): Unit => {
    const modules = new Set(paths);
    return { name: paths.toSorted()[0] ?? "", modules, doors: doorsOf(modules) };
  });
  /** Returns the modules of a set that are imported lazily or from outside of the set. */
  function doorsOf(modules: ReadonlySet<string>): Set<string> {
    const doors = new Set([...modules].filter((path) => lazy.has(path)));
    for (const path of Object.keys(inputs)) {
      if (modules.has(path)) continue;
      for (const imported of importsOf(path)) if (modules.has(imported.path)) doors.add(imported.path);
    }
    return doors;
  }
  const packed = new Set(leadingTo.keys());
  const coreDoors = new Set([...packed].flatMap(importsOf).map(({ path }) => path).filter((path) => core.has(path)));
  return { core, coreDoors, units };
}

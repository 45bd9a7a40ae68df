/**
 * Options of the library that have the names of flags, and the names that the operations have for them.
 *
 * @module
 */

/** Options for hooks. */
export interface HookFlags {
  /** If true, runs no hooks. */
  readonly noHooks?: boolean | undefined;
}

/** Options for notes. */
export interface NotesFlags {
  /** If true, also renders the notes of subcharts. */
  readonly renderSubchartNotes?: boolean | undefined;
}

/** Options that only an install has. */
export interface NewReleaseFlags {
  /** If true, takes a name whose release was deleted or has failed. */
  readonly replace?: boolean | undefined;
  /** If true, installs no CustomResourceDefinitions by `crd-install` hooks. */
  readonly noCrdHook?: boolean | undefined;
}

/** The operations' names for options with the names of flags. */
export interface EngineNames {
  /** `noHooks`. */
  readonly disableHooks?: boolean | undefined;
  /** `renderSubchartNotes`. */
  readonly subNotes?: boolean | undefined;
  /** `replace`. */
  readonly reuseName?: boolean | undefined;
  /** `noCrdHook`. */
  readonly disableCrdHook?: boolean | undefined;
}

/** Returns the options under the operations' names. */
export function engineNames(given: HookFlags & NotesFlags & NewReleaseFlags): EngineNames {
  return {
    disableHooks: given.noHooks,
    subNotes: given.renderSubchartNotes,
    reuseName: given.replace,
    disableCrdHook: given.noCrdHook,
  };
}

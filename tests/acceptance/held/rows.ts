/**
 * All rows, in the order in which they are played.
 *
 * @module
 */
import { BROKEN, BUSY, CUT, EACH_LOST, LOST } from "./answers.ts";
import { CLOCKS, TOKENS } from "./clocks.ts";
import { KILLS, STOPS } from "./kills.ts";
import { LARGE } from "./large.ts";
import { OUTAGE, SERVER_KILLS } from "./outages.ts";
import { PATCHED } from "./patches.ts";
import { CROWD, PAIRS } from "./races.ts";
import { REFUSALS } from "./refusals.ts";
import { REPOSITORIES } from "./repositories.ts";
import type { Row } from "./row.ts";
import { SERVED, SHARED_FILE } from "./sandbox.ts";

/** All rows. */
export const ROWS: readonly Row[] = [
  KILLS,
  STOPS,
  SERVED,
  SHARED_FILE,
  PAIRS,
  CROWD,
  PATCHED,
  OUTAGE,
  SERVER_KILLS,
  BUSY,
  BROKEN,
  CUT,
  LOST,
  EACH_LOST,
  TOKENS,
  CLOCKS,
  REFUSALS,
  LARGE,
  REPOSITORIES,
];

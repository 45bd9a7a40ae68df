/**
 * All rows, in the order in which they are played.
 *
 * @module
 */
import { KILLS, STOPS } from "./kills.ts";
import type { Row } from "./row.ts";

/** All rows. */
export const ROWS: readonly Row[] = [KILLS, STOPS];

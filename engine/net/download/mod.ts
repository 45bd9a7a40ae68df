/**
 * Downloaded files: their allowed names, how they are written to disk, and the
 * time limits for servers. Knows nothing of charts and clusters.
 *
 * @module
 */
export { nameProblem } from "./file_name.ts";
export { placeFile, type PlaceOptions, refusePlace } from "./place_file.ts";
export {
  bodyLimits,
  PATIENCE,
  type Patience,
  readBody,
  type ReadBodyOptions,
  type Received,
  withAnswerLimit,
} from "./patience.ts";

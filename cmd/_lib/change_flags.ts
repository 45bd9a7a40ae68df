/**
 * Flags of commands that bring a chart into the cluster.
 *
 * @module
 */
import { defineFlags } from "./command.ts";
import {
  ALLOW_EMPTY_FLAG,
  CHART_SOURCE_FLAGS,
  DRY_RUN_VERSION_FLAG,
  IGNORE_HELM3_FLAG,
  OUTPUT_FLAG,
  REMOVED_API_FLAGS,
  SCHEMA_FLAG,
  SHOW_RELEASE_FLAG,
  STRICT_FIELDS_FLAG,
  TAKE_OVER_FLAGS,
  TIMEOUT_FLAG,
  TLS_FLAGS,
  VALUES_FLAGS,
  WAIT_FLAG,
} from "./flags.ts";
import { WAITING_FLAGS } from "./wait_flags.ts";

/** Flags that `install` and `upgrade` share, with the same help. */
export const CHART_CHANGE_FLAGS = defineFlags({
  ...TLS_FLAGS,
  ...VALUES_FLAGS,
  ...CHART_SOURCE_FLAGS,
  ...OUTPUT_FLAG,
  ...TIMEOUT_FLAG,
  ...WAIT_FLAG,
  ...WAITING_FLAGS,
  ...ALLOW_EMPTY_FLAG,
  ...SHOW_RELEASE_FLAG,
  ...SCHEMA_FLAG,
  ...DRY_RUN_VERSION_FLAG,
  ...REMOVED_API_FLAGS,
  ...TAKE_OVER_FLAGS,
  ...STRICT_FIELDS_FLAG,
  ...IGNORE_HELM3_FLAG,
});

/**
 * A first walk over a record's message: where its parts lie, and how many.
 *
 * Charts are decoded when they are looked at, which may be late; what is wrong
 * with one must come out at once, as it does in Helm 2, which decodes all of
 * it. And a megabyte of gzip can hold more parts than memory has room for.
 */
import { BinaryReader, WireType } from "npm:@bufbuild/protobuf@2.17.0/wire";

/** Fields of one record. The largest real ones, a megabyte packed, have some thousands. */
const FIELDS_MAX = 1_000_000;
/** Charts within charts. */
const DEPTH_MAX = 500;

/** The messages within a message, by field number. */
interface Shape {
  readonly [fieldNumber: number]: Shape;
}

const LEAF: Shape = {};
const METADATA: Shape = { 7: LEAF, 16: LEAF };
const CHART: Record<number, Shape> = { 1: METADATA, 2: LEAF, 4: LEAF, 5: LEAF };
CHART[3] = CHART;
const SUITE: Shape = { 1: LEAF, 2: LEAF, 3: { 4: LEAF, 5: LEAF } };
const INFO: Shape = { 1: { 5: SUITE }, 2: LEAF, 3: LEAF, 4: LEAF };
const RELEASE: Shape = { 2: INFO, 3: CHART, 4: LEAF, 6: { 6: LEAF } };

/**
 * Walks the message of a release with all messages inside it.
 *
 * @throws Error when a field does not end within its message, or when there are more fields or levels than any release has.
 */
export function skimRelease(bytes: Uint8Array): void {
  skim(bytes, RELEASE, 0, { fields: FIELDS_MAX });
}

function skim(bytes: Uint8Array, shape: Shape, depth: number, left: { fields: number }): void {
  if (depth > DEPTH_MAX) throw new Error(`it is nested more than ${DEPTH_MAX} deep`);
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    if (--left.fields < 0) throw new Error(`it has more than ${FIELDS_MAX} fields`);
    const [fieldNumber, wireType] = reader.tag();
    const inner = shape[fieldNumber];
    if (inner !== undefined && wireType === WireType.LengthDelimited) skim(reader.bytes(), inner, depth + 1, left);
    else reader.skip(wireType, fieldNumber);
  }
}

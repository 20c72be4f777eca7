import { BinaryReader } from '@bufbuild/protobuf/wire';
import { DiscoveryRequest } from '../../gen/envoy/service/discovery/v3/discovery.js';

// The tag of `resource_names` in a DiscoveryRequest.
const NAME = 26;
/** Shorter lists are read as fast as they are looked up. */
const MIN_LENGTH = 256;
const MAX_BYTES = 16 << 20;

interface Known {
  readonly bytes: Buffer;
  readonly names: readonly string[];
}

/**
 * Reads requests of the state of the world. Every answer of a client has all the names that it wants, thousands of
 * them and as before: lists that were seen a short while ago are not read again, and equal ones are one.
 */
export function createRequestReader(): (bytes: Buffer) => DiscoveryRequest {
  const lists = createNameLists();
  return (bytes) => {
    const run = bytes.length < MIN_LENGTH ? undefined : tryFindNames(bytes);
    if (run === undefined) return DiscoveryRequest.decode(bytes);
    const { start, end } = run;
    const request = DiscoveryRequest.decode(Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]));
    const names = lists.read(bytes.subarray(start, end));
    // Names that stand apart from the others are no error.
    request.resourceNames = request.resourceNames.length === 0 ? names : [...request.resourceNames, ...names];
    return request;
  };
}

interface Run {
  readonly start: number;
  readonly end: number;
}

/** What is no request is for the plain decoder to reject. */
function tryFindNames(bytes: Buffer): Run | undefined {
  try {
    return findNames(bytes);
  } catch {
    return undefined;
  }
}

/** The first long run of names; undefined where there is none. */
function findNames(bytes: Buffer): Run | undefined {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, type] = reader.tag();
    if (field !== NAME >> 3) {
      reader.skip(type, field);
      continue;
    }
    let end: number;
    do {
      const length = reader.uint32();
      end = reader.pos + length;
      reader.pos = end;
    } while (end < reader.len && bytes[end] === NAME && reader.uint32() === NAME);
    return end <= reader.len && end - start >= MIN_LENGTH ? { start, end } : undefined;
  }
  return undefined;
}

function createNameLists() {
  const known = new Map<string, Known>();
  let held = 0;
  const forget = (key: string, { bytes }: Known): void => {
    known.delete(key);
    held -= bytes.length;
  };
  return {
    read(run: Buffer): string[] {
      const key = `${run.length} ${run.toString('latin1', 0, 64)} ${run.toString('latin1', run.length - 64)}`;
      const former = known.get(key);
      if (former !== undefined) forget(key, former);
      const kept = former?.bytes.equals(run) === true ? former : readNames(run);
      known.set(key, kept);
      held += run.length;
      for (const [oldest, one] of known) {
        if (held <= MAX_BYTES) break;
        forget(oldest, one);
      }
      return kept.names as string[];
    },
  };
}

function readNames(run: Buffer): Known {
  return { bytes: Buffer.from(run), names: Object.freeze(DiscoveryRequest.decode(run).resourceNames) };
}

import {
  type CheckResult,
  formatIp,
  type Handler,
  type Instance,
  type InstanceTypes,
  rpcCode,
  stringify,
  type Value,
} from 'fairlead/sdk';
import type { listentry } from 'fairlead/templates';
import type { ListcheckerConfig } from './config.js';
import type { List } from './list.js';

/** Where the list comes from. */
export interface ListSource {
  /** The list as it is now, or why there is none. */
  current(): List | Error;
  close?(): Promise<void>;
}

interface Input {
  readonly config: ListcheckerConfig;
  readonly types: InstanceTypes<typeof listentry>;
  readonly source: ListSource;
}

/** Looks each value up and answers as the list's colour has it. Throws while there is no list. */
export function createHandler({ config, types, source }: Input): Handler<typeof listentry> {
  const entryTypes = types.listentry;
  const { blacklist, cachingInterval: validDuration, cachingUseCount: validUseCount } = config;
  const allowed: CheckResult = Object.freeze({ validDuration, validUseCount });
  const answer = (code: number, message: string): CheckResult => ({
    status: { code, message },
    validDuration,
    validUseCount,
  });
  // Known at load time for all but values without an expression: an empty text is a text like any other then.
  const isText = (name: string): boolean => entryTypes.get(name)?.value === 'STRING';

  return {
    handleListEntry({ name, value }: Instance<typeof listentry>): CheckResult {
      const list = source.current();
      if (list instanceof Error) throw list;
      if (!isUsable(value) || (value === '' && !isText(name))) {
        return answer(rpcCode.INVALID_ARGUMENT, `${stringify(value)} is not a valid string or IP address`);
      }
      const found = lookUp(list, value);
      if (found === !blacklist) return allowed;
      const text = stringify(value);
      if (found === undefined) return answer(rpcCode.INVALID_ARGUMENT, `${text} is not a valid IP address`);
      return answer(rpcCode.PERMISSION_DENIED, blacklist ? `${text} is blacklisted` : `${text} is not whitelisted`);
    },
    close: () => source.close?.(),
  };
}

function isUsable(value: Value | undefined): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array;
}

function lookUp(list: List, value: string | Uint8Array): boolean | undefined {
  if (typeof value === 'string') return list.has(value);
  return list.hasAddress === undefined ? list.has(formatIp(value)) : list.hasAddress(value);
}

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
import { createList } from './list.js';

type Input = { readonly config: ListcheckerConfig; readonly types: InstanceTypes<typeof listentry> };

/** Looks each value up and answers as the list's colour has it. */
export function createHandler({ config, types }: Input): Handler<typeof listentry> {
  const list = createList(config.entryType, config.overrides);
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
    handleListEntry(instance: Instance<typeof listentry>): CheckResult {
      const text = textOf(instance.value);
      if (text === undefined || (text === '' && !isText(instance.name))) {
        return answer(rpcCode.INVALID_ARGUMENT, `${stringify(instance.value)} is not a valid string or IP address`);
      }
      const found = list.has(text);
      if (found === undefined) return answer(rpcCode.INVALID_ARGUMENT, `${text} is not a valid IP address`);
      if (found !== blacklist) return allowed;
      return answer(rpcCode.PERMISSION_DENIED, blacklist ? `${text} is blacklisted` : `${text} is not whitelisted`);
    },
  };
}

function textOf(value: Value | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? formatIp(value) : undefined;
}

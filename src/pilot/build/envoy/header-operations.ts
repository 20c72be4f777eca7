import {
  HeaderValueOption,
  HeaderValueOption_HeaderAppendAction as Action,
} from '../../../gen/envoy/config/core/v3/base.js';
import type { Headers, HeaderOperations } from '../../kinds/http-route.js';
import { sortedEntries } from '../fairlead/order.js';
import { findFormatMistake } from './access-log-format.js';
import type { Tell } from './tell.js';

/** Changes of headers as routes and their shares have them. */
interface HeaderChanges {
  readonly requestHeadersToAdd: HeaderValueOption[];
  readonly requestHeadersToRemove: string[];
  readonly responseHeadersToAdd: HeaderValueOption[];
  readonly responseHeadersToRemove: string[];
  /** What the header `host` is set to. Envoy has another field for it. */
  readonly host: string | undefined;
}

const MAX_SIZE = 16_384;

/** What is done to headers: set before added, by name (mesh.md 2.1.11). What Envoy would refuse is left out. */
export function buildHeaderChanges(headers: readonly Headers[], tell: Tell): HeaderChanges {
  const requests = headers.map(({ request }) => request);
  const responses = headers.map(({ response }) => response);
  return {
    requestHeadersToAdd: requests.flatMap((one) => additions(one, tell)),
    requestHeadersToRemove: requests.flatMap((one) => removals(one, tell)),
    responseHeadersToAdd: responses.flatMap((one) => additions(one, tell)),
    responseHeadersToRemove: responses.flatMap((one) => removals(one, tell)),
    host: requests.map(hostOf).findLast((host) => host !== undefined),
  };
}

/** Without line ends and the like, which Envoy takes nowhere. */
export function isHeaderText(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- It is what is looked for.
  return text.length <= MAX_SIZE && !/[\u0000\r\n]/.test(text);
}

function additions({ set, add }: HeaderOperations, tell: Tell): HeaderValueOption[] {
  const some = (map: ReadonlyMap<string, string>, appendAction: Action): HeaderValueOption[] =>
    sortedEntries(map).flatMap(([name, text]) => {
      if (!isChangeable(name)) {
        // It has become a rewrite of the authority.
        if (map !== set || !isHost(name)) tell(`Envoy does not change the header "${name}"`);
        return [];
      }
      if (!isHeaderText(text)) {
        tell(`the header "${name}" cannot have that value`);
        return [];
      }
      const value = findFormatMistake(text) === undefined ? text : text.replaceAll('%', '%%');
      return [
        HeaderValueOption.create({ header: { key: name.toLowerCase(), value }, appendAction, keepEmptyValue: true }),
      ];
    });
  return [...some(set, Action.OVERWRITE_IF_EXISTS_OR_ADD), ...some(add, Action.APPEND_IF_EXISTS_OR_ADD)];
}

function removals({ remove }: HeaderOperations, tell: Tell): string[] {
  return remove.flatMap((name) => {
    if (isChangeable(name)) return [name.toLowerCase()];
    tell(`Envoy does not remove the header "${name}"`);
    return [];
  });
}

function hostOf({ set }: HeaderOperations): string | undefined {
  const [, value] = [...set].find(([name, text]) => isHost(name) && isHeaderText(text)) ?? [];
  return value === '' ? undefined : value;
}

function isHost(name: string): boolean {
  return name.toLowerCase() === 'host' || name === ':authority';
}

function isChangeable(name: string): boolean {
  return name !== '' && !name.startsWith(':') && name.toLowerCase() !== 'host' && isHeaderText(name);
}

import type { ConfigNode, MapEntry, Place } from './node.js';

/** What a path leads to: the node itself, or only how far the path could be followed. */
export interface Found {
  /** Undefined when the path leads to nothing. */
  readonly node: ConfigNode | undefined;
  /** The place of the node, or of the nearest one around it that exists. */
  readonly place: Place;
}

const plainKey = /^[A-Za-z_][\w-]*$/;

/** `maxAmount` of `max_amount`, as protobuf's JSON names are made. */
export function toCamel(name: string): string {
  return name.replace(/_+([a-zA-Z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

/** `max_amount` of `maxAmount`. */
export function toSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The path of a map's value; a key that is not a plain word is put into brackets: `attributes["source.uid"]`. */
export function keyPath(parent: string, key: string): string {
  if (!plainKey.test(key)) return `${parent}[${JSON.stringify(key)}]`;
  return parent === '' ? key : `${parent}.${key}`;
}

/** The path of a list's item. */
export function itemPath(parent: string, index: number): string {
  return `${parent}[${index}]`;
}

/**
 * Follows a path like `spec.params.overrides[1].maxAmount`. Keys may be spelled in lowerCamel or snake_case whatever
 * the file does, and may contain dots: the longest key that fits is taken.
 */
export function findNode(root: ConfigNode, path: string): Found {
  let node = root;
  let place: Place = root;
  let rest = path;
  while (rest !== '') {
    const step = node.kind === 'map' ? intoMap(node.entries, rest) : intoList(node, rest);
    if (step === undefined) return { node: undefined, place };
    node = step.node;
    place = step.place;
    rest = step.rest;
  }
  return { node, place };
}

interface Step {
  readonly node: ConfigNode;
  readonly place: Place;
  readonly rest: string;
}

function intoMap(entries: readonly MapEntry[], path: string): Step | undefined {
  let best: Step | undefined;
  for (const entry of entries) {
    const rest = restAfter(path, entry.key);
    if (rest === undefined || (best !== undefined && rest.length >= best.rest.length)) continue;
    best = { node: entry.value, place: entry.value, rest };
  }
  return best;
}

function restAfter(path: string, key: string): string | undefined {
  for (const spelling of [key, toCamel(key), toSnake(key), `[${JSON.stringify(key)}]`]) {
    if (!path.startsWith(spelling)) continue;
    const rest = path.slice(spelling.length);
    if (rest === '' || rest.startsWith('[')) return rest;
    if (rest.startsWith('.')) return rest.slice(1);
  }
  return undefined;
}

function intoList(node: ConfigNode, path: string): Step | undefined {
  const match = node.kind === 'list' ? /^\[(\d+)\]\.?/.exec(path) : null;
  const item = node.kind === 'list' && match !== null ? node.items[Number(match[1])] : undefined;
  return item === undefined || match === null
    ? undefined
    : { node: item, place: item, rest: path.slice(match[0].length) };
}

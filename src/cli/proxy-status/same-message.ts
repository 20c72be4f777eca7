import { fieldOf, listOf, type Message, messageOf } from '../proxy-config/fields.js';

/**
 * Finds where two dumps of a message differ, as paths. Programs write the same message in different ways: names of
 * fields in snake or camel case, enumerations by name or number, durations as text or parts, and what is not set left
 * out or written. What cannot be compared, such as bytes with what they hold, counts as equal.
 */
export function differences(some: unknown, other: unknown, path = ''): readonly string[] {
  if (isUnset(some) && isUnset(other)) return [];
  if (Array.isArray(some) || Array.isArray(other)) return ofLists(listOf(some), listOf(other), path);
  const isMessage = (value: unknown): boolean => typeof value === 'object' && value !== null;
  if (isMessage(some) && isMessage(other)) return ofMessages(messageOf(some), messageOf(other), path);
  return sameScalar(some, other) ? [] : [path === '' ? 'all of it' : path];
}

function ofLists(some: readonly unknown[], others: readonly unknown[], path: string): readonly string[] {
  if (some.length !== others.length) return [`${path}: ${some.length} entries, ${others.length} wanted`];
  return some.flatMap((one, index) => differences(one, others[index], `${path}[${index}]`));
}

function ofMessages(some: Message, other: Message, path: string): readonly string[] {
  if (isOpaque(some) || isOpaque(other)) return [];
  const names = new Set([...Object.keys(some), ...Object.keys(other)].map(toSnake));
  return [...names].flatMap((name) => {
    if (name === '@type') return [];
    return differences(valueOf(some, name), valueOf(other, name), path === '' ? name : `${path}.${name}`);
  });
}

function valueOf(message: Message, name: string): unknown {
  return fieldOf(message, name) ?? Object.entries(message).find(([key]) => toSnake(key) === name)?.[1];
}

/** An `Any` that was not opened. */
function isOpaque(message: Message): boolean {
  const names = Object.keys(message).filter((name) => !name.startsWith('@'));
  return '@type' in message && names.length <= 1 && names.every((name) => name === 'value');
}

function isUnset(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false || value === '0')
    return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.values(value).every(isUnset);
}

function sameScalar(some: unknown, other: unknown): boolean {
  if (String(some) === String(other)) return true;
  const [seconds, others] = [secondsOf(some), secondsOf(other)];
  if (seconds !== undefined && others !== undefined) return Math.abs(seconds - others) < 1e-9;
  return isEnumerator(some, other) || isEnumerator(other, some);
}

/** `1.5s`, or seconds and nanos. */
function secondsOf(value: unknown): number | undefined {
  if (typeof value === 'string') return /^-?\d+(\.\d+)?s$/.test(value) ? Number(value.slice(0, -1)) : undefined;
  const { seconds, nanos } = messageOf(value);
  return seconds === undefined ? undefined : Number(seconds) + Number(nanos ?? 0) / 1e9;
}

/** A number where the other one writes a name; which it is cannot be told here, and the first one may be left out. */
function isEnumerator(number: unknown, name: unknown): boolean {
  return (
    (typeof number === 'number' || number === undefined) && typeof name === 'string' && /^[A-Z][A-Z0-9_]*$/.test(name)
  );
}

function toSnake(name: string): string {
  return name.startsWith('@') ? name : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

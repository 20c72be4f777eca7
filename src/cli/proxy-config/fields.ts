/** A message as some server wrote it in JSON. */
export type Message = Readonly<Record<string, unknown>>;

/** What is there is a message, or an empty one stands for it. */
export function messageOf(value: unknown): Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Message) : {};
}

/** A field by its name in protobuf; Envoy writes `port_value`, Pilot and our proxy `portValue`. */
export function fieldOf(value: unknown, name: string): unknown {
  const message = messageOf(value);
  const camel = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (Object.hasOwn(message, name)) return message[name];
  return Object.hasOwn(message, camel) ? message[camel] : undefined;
}

/** A field some steps down. */
export function pathOf(value: unknown, ...names: readonly string[]): unknown {
  return names.reduce(fieldOf, value);
}

/** The items of a list; none when it is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** Text, and numbers as text; empty for all else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

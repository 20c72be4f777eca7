/** The snake_case form of a lowerCamel field name: `spanTags` becomes `span_tags`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The Go form of a field name, which error paths use: `spanTags` and `span_tags` become `SpanTags`. */
export function goCase(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

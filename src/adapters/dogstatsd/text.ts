const inName = /[\p{Cc}:|]/gu;
const inKey = /[\p{Cc}:|,#]/gu;
const inValue = /[\p{Cc}|,#]/gu;
/** Datadog cuts tags there itself. */
const maxTag = 200;

/** Whether a text would end a name, or the line. */
export function breaksName(text: string): boolean {
  return text.search(inName) >= 0;
}

/** The name of a metric, as it may stand in a line. */
export function nameText(name: string): string {
  return name.replaceAll(inName, '_');
}

/** The part of a tag before its colon. */
export function tagKey(key: string): string {
  return cut(key).replaceAll(inKey, '_');
}

/** The part of a tag after its colon, whatever a request put there. */
export function tagValue(value: string): string {
  return cut(value).replaceAll(inValue, '_');
}

function cut(text: string): string {
  return text.length > maxTag ? text.slice(0, maxTag) : text;
}

import { type ErrorCode, MixerError } from '../../util/errors.js';

// A gRPC status message travels in a header, and headers have limits of their own.
const MAX_TEXT = 4096;

/**
 * Joins messages as Mixer does: a line with their number, then one bullet each (mixer-core.md 6.3). Beyond 4 KiB the
 * rest is only counted.
 */
export function joinFailures(messages: readonly string[]): string {
  let text = messages.length === 1 ? '1 error occurred:\n' : `${messages.length} errors occurred:\n`;
  for (let at = 0; at < messages.length; at++) {
    if (text.length > MAX_TEXT) {
      text += `\t* ... and ${messages.length - at} more\n`;
      break;
    }
    text += `\t* ${messages[at] ?? ''}\n`;
  }
  return `${text}\n`;
}

/** One error out of many messages; `step` says what could not be done, as Mixer words it. */
export function joinedError(code: ErrorCode, step: string, messages: readonly string[]): MixerError {
  const text = joinFailures(messages);
  return new MixerError(code, step === '' ? text : `${step}: ${text}`);
}

// A status travels in a header: gRPC's C++ and Go clients refuse more than 8 KiB of headers by default, and Node sends
// nothing at all of what is far too long, on that connection not even later answers.
const MAX_ENCODED = 6000;

/**
 * A text as the message of a gRPC status: without unpaired surrogates, which cannot be encoded, and cut where its
 * percent-encoded form would grow beyond 6,000 bytes.
 */
export function statusText(text: string): string {
  const sound = text.slice(0, MAX_ENCODED).replace(/\p{Surrogate}/gu, '\ufffd');
  if (sound.length === text.length && encodeURI(sound).length <= MAX_ENCODED) return sound;
  let cut = '';
  let length = 0;
  for (const character of sound) {
    length += encodeURI(character).length;
    if (length > MAX_ENCODED) break;
    cut += character;
  }
  return `${cut}...`;
}

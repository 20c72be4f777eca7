/** One entry of a certificate's alternative names as Node prints them: special characters make a JSON string of it. */
const entry = /([A-Za-z][\w ]*):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/y;
const scheme = 'spiffe://';

/**
 * The identity in a certificate: its first alternative name that is a URI, without `spiffe://`. Takes the names as
 * `X509Certificate.subjectAltName` has them.
 */
export function principalOf(subjectAltName: string | undefined): string | undefined {
  if (subjectAltName === undefined) return undefined;
  entry.lastIndex = 0;
  for (let found = entry.exec(subjectAltName); found !== null; found = entry.exec(subjectAltName)) {
    const [, kind, text = ''] = found;
    if (kind !== 'URI') continue;
    const uri = text.startsWith('"') ? (JSON.parse(text) as string) : text;
    return uri.startsWith(scheme) ? uri.slice(scheme.length) : uri;
  }
  return undefined;
}

const htmlText: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  '&': '&amp;',
  "'": '&#39;',
  '<': '&lt;',
  '>': '&gt;',
};
const jsText: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};
const jsSpecial = /[\\'"<>&=]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** What the function `html` does. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[\0"&'<>]/g, (char) => htmlText[char]!);
}

/** What html/template does with values in text: also `+`, which begins an encoding that browsers once guessed. */
export function escapeHtmlText(text: string): string {
  return text.replaceAll(/[\0"&'<>+]/g, (char) => (char === '+' ? '&#43;' : htmlText[char]!));
}

/** What the function `js` does: fit for a JavaScript string. */
export function escapeJs(text: string): string {
  return wellFormed(text).replaceAll(jsSpecial, (char) => jsText[char] ?? unicode(char));
}

/** What the function `urlquery` does. */
export function escapeQuery(text: string): string {
  return encodeURIComponent(wellFormed(text))
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

/** The text without halves of surrogate pairs, as any other encoding has to have it. */
export function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd');
}

function unicode(char: string): string {
  return `\\u${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

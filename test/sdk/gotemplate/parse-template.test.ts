import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type GoTemplate, parseTemplate, RenderError, type TemplateOptions } from 'fairlead/sdk/gotemplate';

function sound(text: string, options?: TemplateOptions): GoTemplate {
  const { template, problems } = parseTemplate(text, options);
  assert(template !== undefined, JSON.stringify(problems));
  return template;
}

const messages = (text: string): string[] => (parseTemplate(text).problems ?? []).map(({ message }) => message);

describe('parseTemplate', () => {
  it('finds all problems, in the order of the text, with their places', () => {
    const { problems } = parseTemplate('{{nope}}\n{{if}}\n  {{$x}}');
    assert.deepEqual(problems, [
      { message: "there is no function 'nope'", offset: 2, line: 1, column: 3 },
      { message: 'this if has no end', offset: 11, line: 2, column: 3 },
      { message: 'if needs a value', offset: 13, line: 2, column: 5 },
      { message: "undefined variable '$x'", offset: 20, line: 3, column: 5 },
    ]);
  });

  it('does not blame the uses of a variable for the mistake in its declaration', () => {
    assert.deepEqual(messages('{{$x := nope}}{{$x}}{{range $i, $e := "x}}{{$i}}{{$e}}{{end}}'), [
      "there is no function 'nope'",
      'a quoted text does not end',
    ]);
  });

  it('bounds how deep parentheses and blocks are nested', () => {
    const groups = (depth: number): string => `{{${'('.repeat(depth)}.s${')'.repeat(depth)}}}`;
    assert.deepEqual(messages(groups(50)), []);
    assert.deepEqual(messages(groups(100_000)), ['parentheses are nested more than 50 deep']);
    const blocks = (depth: number): string => '{{if .s}}'.repeat(depth) + '{{end}}'.repeat(depth);
    assert.deepEqual(messages(blocks(50)), []);
    assert.equal(messages(blocks(60))[0], 'blocks are nested more than 50 deep');
  });

  it('takes names from data only when they are its own', () => {
    const template = sound('{{.toString}} {{.__proto__}} {{index . "constructor"}}');
    assert.equal(template.render({}), '<no value> <no value> <no value>');
    const data = JSON.parse('{"__proto__": "p", "constructor": "c", "toString": "t"}') as Record<string, string>;
    assert.equal(template.render(data), 't p c');
  });

  it('renders again and again without a memory', () => {
    const template = sound('{{$x := "a"}}{{if .s}}{{$x = .s}}{{end}}{{$x}}');
    assert.deepEqual([template.render({ s: 'b' }), template.render({}), template.render({ s: 'c' })], ['b', 'a', 'c']);
  });
});

describe('an error while rendering', () => {
  it('says where its action begins, and what was written before', () => {
    const template = sound('a{{.s}}b{{len .n}}c');
    assert.throws(
      () => template.render({ s: 'x', n: 1n }),
      (error) => error instanceof RenderError && error.offset === 10 && error.output === 'axb',
    );
  });

  it('comes of an output beyond the bound, however it would be made', () => {
    const long = 'x'.repeat(60);
    for (const text of ['{{.s}}{{.s}}', '{{printf "%100d" 1}}', '{{printf .f .s .s}}', '{{range .ip}}{{$.s}}{{end}}']) {
      const template = sound(text, { maxOutput: 100 });
      const data = { s: long, f: '%s%60s%999999d', ip: Uint8Array.of(1, 2, 3) };
      if (text.startsWith('{{printf "')) assert.equal(template.render(data).length, 100);
      else assert.throws(() => template.render(data), new RegExp('the output is too long'));
    }
    assert.throws(() => sound('{{.s}}').render({ s: 'x'.repeat(5 * 1024 * 1024) }), /the output is too long/);
  });

  it('comes of ranges that would take too long', () => {
    const nested = `${'{{range $.ip}}'.repeat(20)}${'{{end}}'.repeat(20)}`;
    assert.throws(() => sound(nested).render({ ip: new Uint8Array(16) }), /too many turns/);
  });
});

it('values of a megabyte go through all escapes', () => {
  const value = '<\u{1f600}\ud800"\0+'.repeat(100_000);
  for (const text of ['{{.s}}', '{{html .s}}', '{{printf "%-5s" .s}}', '{{len .s}}']) {
    assert(sound(text).render({ s: value }).length > 0);
    assert(sound(text, { html: true, maxOutput: 2 ** 24 }).render({ s: value }).length > 0);
  }
  for (const text of ['{{js .s}}', '{{urlquery .s}}', '{{printf "%q" .s}}', '{{printf "%x" .s}}']) {
    assert(sound(text, { maxOutput: 2 ** 26 }).render({ s: value }).length > 0);
  }
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { parseTemplate, RenderError } from 'fairlead/sdk/gotemplate';

const pieces =
  '{{ }} {{- -}} /* */ if else end range with break $x := = , | ( ) . .a .b.C "t" `r` \'c\' 1 2.5 nil printf "%5d" eq or len < > <b> & '
    .split(' ')
    .concat(' ', '\n');
const text = fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((parts) => parts.join(' '));
const value = fc.oneof(fc.string(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.double(), fc.boolean());
const data = fc.record({ a: value, b: value });

it('no text and no data make it throw anything but a RenderError', () => {
  fc.assert(
    fc.property(text, data, fc.boolean(), (source, values, html) => {
      const { template, problems } = parseTemplate(source, { html });
      if (template === undefined) {
        assert(problems.every(({ offset }) => offset >= 0 && offset <= source.length));
        return;
      }
      try {
        template.render(values);
      } catch (error) {
        assert(error instanceof RenderError, String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});

it('an html template prints no value with a character that HTML gives a meaning', () => {
  const { template } = parseTemplate('{{.a}}{{printf "%v %q" .a .b}}{{or .a .b}}{{.b | html}}', { html: true });
  fc.assert(fc.property(data, (values) => assert.doesNotMatch(template!.render(values), /[<>"']/)));
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseText } from './parse-text.js';
import { type Built, build, instance } from './setup.js';

const yaml = `
metrics: [{name: m_total, instance_name: m, kind: COUNTER, label_names: [a]}]
metrics_expiration_policy: {metrics_expiry_duration: 10m}
`;
const one = (a: string) => instance('m', 1n, { a });
const many = Array.from({ length: 20_000 }, (_, index) => one(`a value of some length ${index}`));

const scrape = ({ env }: Built) =>
  env.exposed.get('prometheus')!.source.pieces!('text')[Symbol.iterator]() as IterableIterator<string>;
const nextOf = (pieces: IterableIterator<string>) => String(pieces.next().value);

describe('pieces()', () => {
  it('gives pieces of a limited size that end with their lines, and make up the exposition', async () => {
    const built = await build(yaml);
    built.handle(...many);
    const pieces = [...scrape(built)];
    assert.ok(pieces.length > 3);
    assert.ok(pieces.every((piece) => piece.endsWith('\n') && piece.length < 300_000));
    assert.equal(pieces.join(''), built.text());
    assert.equal(parseText(built.text()).samples.length, many.length);
  });

  it('has each series once, whatever comes, goes and comes back on the way', async () => {
    const built = await build(yaml);
    built.handle(...many);
    const pieces = scrape(built);
    let text = nextOf(pieces);
    await built.env.clock.advance(20 * 60_000);
    built.handle(...many, one('new'));
    text += [...pieces].join('');
    const { samples } = parseText(text);
    assert.equal(new Set(samples.map(({ labels }) => labels[0]?.[1])).size, samples.length);
    assert.equal(parseText(built.text()).samples.length, many.length + 1);
    await built.close();
  });

  it('ends well when the handler closes on the way', async () => {
    const built = await build(yaml);
    built.handle(...many);
    const pieces = scrape(built);
    const first = nextOf(pieces);
    await built.close();
    assert.ok(parseText(first + [...pieces].join('')).samples.length < many.length);
  });

  it('keeps names and bounds of the text format in OpenMetrics', async () => {
    const built = await build(`
metrics:
- {name: count, instance_name: c, kind: COUNTER}
- {name: d, instance_name: d, kind: DISTRIBUTION, buckets: {explicit_buckets: {bounds: [1, 1000000]}}}
- {name: g, instance_name: g, kind: GAUGE, description: 'say "g"'}
`);
    built.handle(instance('c', 1n), instance('d', 1n), instance('g', 1n));
    const samples = (text: string) => text.split('\n').filter((line) => !line.startsWith('#'));
    assert.deepEqual(samples(built.openMetrics()), samples(built.text()));
    assert.deepEqual(
      built
        .openMetrics()
        .split('\n')
        .filter((line) => line.startsWith('#')),
      [
        '# HELP istio_count count',
        '# TYPE istio_count unknown',
        '# HELP istio_d d',
        '# TYPE istio_d histogram',
        '# HELP istio_g say \\"g\\"',
        '# TYPE istio_g gauge',
      ],
    );
  });
});

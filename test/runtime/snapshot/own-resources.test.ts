import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileConfiguration, type Configuration } from '../../../src/runtime/index.js';
import { type Adapter, defineAdapter, type OwnResources, s } from '../../../src/sdk/index.js';
import { formatDiagnostic } from '../../../src/util/diagnostics.js';
import { createToy, doc, listentry, places, resourcesOf, toyTemplates } from '../../support/toys.js';

const kinds = { Shelf: s.message({ size: s.int32(10) }), Book: s.message({ shelf: s.string() }) };

/** Books without their shelf are refused, full shelves warned of. */
function createLibrary(name = 'library'): Adapter {
  return defineAdapter({
    name,
    description: 'For tests.',
    templates: [listentry],
    config: s.message({}),
    kinds,
    validateResources({ Shelf, Book }, report) {
      for (const shelf of Shelf) {
        if (shelf.spec.size === 13) throw new Error('unlucky');
        if (shelf.spec.size === 0) report(shelf, 'size', 'holds nothing', 'warning');
      }
      for (const book of Book) {
        if (book.name === 'stray') report({ ...book }, '', 'nobody gave me that');
        if (!Shelf.some((shelf) => shelf.name === book.spec.shelf)) report(book, 'shelf', 'no such shelf');
      }
    },
    build: () => ({ handleListEntry: () => ({}) }),
  });
}

const library = createLibrary();
const toy = createToy('toy', [listentry]).adapter;

function compile(
  yaml: string,
  options: { readonly former?: Configuration; readonly adapters?: readonly Adapter[] } = {},
) {
  const { former, adapters = [library, toy] } = options;
  const resources = resourcesOf(yaml);
  return compileConfiguration({ resources, adapters, templates: toyTemplates, former: former?.good });
}

const given = ({ own }: Configuration, adapter = library): OwnResources => own.get(adapter)!.resources;
const names = (configuration: Configuration, kind: 'Shelf' | 'Book') =>
  (given(configuration)[kind] ?? []).map(({ name, namespace }) => `${name}.${namespace}`);
const said = ({ diagnostics }: Configuration) => diagnostics.map(formatDiagnostic);

const shelf = (size: string, name = 'a') => doc('Shelf', name, `{ size: ${size} }`);
const book = (on: string, name = 'b') => doc('Book', name, `{ shelf: ${on} }`);
const uses =
  doc('library', 'h', '{}') +
  doc('toy', 'h', '{}') +
  doc('listentry', 'l', '{ value: request.path }') +
  doc(
    'rule',
    'r',
    '{ actions: [{ handler: h.library, instances: [l.listentry] }, { handler: h.toy, instances: [l.listentry] }] }',
  );

describe('resources of an adapter’s own kinds', () => {
  it('are decoded, defaulted, frozen and sorted by namespace and name', () => {
    const configuration = compile(
      shelf('3', 'z') + doc('Shelf', 'c', '{}') + doc('Shelf', 'd, namespace: first', '{}'),
    );
    assert.deepEqual(said(configuration), []);
    const { Shelf = [] } = given(configuration);
    assert.deepEqual(Shelf, [
      { name: 'd', namespace: 'first', spec: { size: 10 } },
      { name: 'c', namespace: 'ns', spec: { size: 10 } },
      { name: 'z', namespace: 'ns', spec: { size: 3 } },
    ]);
    for (const one of [Shelf, Shelf[0], Shelf[0]!.spec, given(configuration)]) assert.ok(Object.isFrozen(one));
    assert.deepEqual(given(configuration)['Book'], []);
  });

  it('are foreign when no adapter declares them', () => {
    const configuration = compile(shelf('3'), { adapters: [toy] });
    assert.deepEqual(places(configuration.diagnostics), ['1:7 info KIND_NOT_OURS']);
    assert.equal(configuration.own.size, 0);
  });

  it('are reported where they do not decode, and left out', () => {
    const configuration = compile(shelf('many') + shelf('1', 'c') + doc('Shelf', 'd', '{ width: 1 }'));
    assert.deepEqual(places(configuration.diagnostics), ['3:15 error FIELD_TYPE', '11:9 error UNKNOWN_FIELD']);
    assert.deepEqual(names(configuration, 'Shelf'), ['c.ns']);
  });

  it('keep their last good version', () => {
    const former = compile(shelf('3'));
    const broken = compile(shelf('many'), { former });
    assert.match(said(broken).join(), /the former version stays in force/);
    assert.deepEqual(given(broken), given(former));
    assert.deepEqual(names(compile('kind: Shelf\nmetadata: { name: z }\n', { former: broken }), 'Shelf'), ['z.ns']);
  });

  it('are left out when the adapter refuses them, told by place, and kept when it only warns', () => {
    const configuration = compile(book('a') + book('nowhere', 'c') + shelf('0'));
    assert.deepEqual(said(configuration), [
      "a.yaml:7:16: error CONFIG_INVALID: no such shelf (Book 'c.ns' shelf)",
      "a.yaml:11:15: warning CONFIG_INVALID: holds nothing (Shelf 'a.ns' size)",
    ]);
    assert.deepEqual(names(configuration, 'Book'), ['b.ns']);
    assert.deepEqual(names(configuration, 'Shelf'), ['a.ns']);
  });

  it('come back when what they refer to does', () => {
    const former = compile(book('a'));
    assert.deepEqual(names(former, 'Book'), []);
    assert.deepEqual(names(compile(book('a') + shelf('1'), { former }), 'Book'), ['b.ns']);
  });

  it('survive an adapter that throws over them, or reports what it was not given', () => {
    assert.deepEqual(said(compile(shelf('13'))), [
      "error CONFIG_INVALID: adapter 'library' failed to validate the resources of its kinds: unlucky",
    ]);
    assert.match(said(compile(shelf('1') + book('a', 'stray'))).join(), /it reported a resource that it was not given/);
  });

  it('belong to the first adapter that declares their kind', () => {
    const second = createLibrary('second');
    const configuration = compile(shelf('1'), { adapters: [library, second] });
    assert.equal(given(configuration)['Shelf']!.length, 1);
    assert.equal(given(configuration, second)['Shelf']!.length, 0);
  });

  it('cannot take the kinds of others', () => {
    const greedy = Object.freeze({ ...library, name: 'greedy', kinds: { rule: kinds.Shelf, toy: kinds.Shelf } });
    const configuration = compile(uses.replaceAll('library', 'greedy'), { adapters: [greedy, toy] });
    assert.deepEqual(said(configuration), ["error CONFIG_INVALID: adapter 'greedy' failed to validate the resources of its kinds: Shelf is not iterable"]); // prettier-ignore
    assert.equal(configuration.uses.length, 2);
  });

  it('sign the handlers of their adapter, and no others', () => {
    const sign = (yaml: string) => compile(uses + yaml).uses.map(({ signature }) => signature);
    const [libraryBefore, toyBefore] = sign(shelf('1'));
    const [libraryAfter, toyAfter] = sign(shelf('2'));
    assert.notEqual(libraryAfter, libraryBefore);
    assert.equal(toyAfter, toyBefore);
    assert.deepEqual(sign(`# moved\n${shelf('1')}`), [libraryBefore, toyBefore]);
    assert.deepEqual(sign(shelf('1') + book('nowhere')), [libraryBefore, toyBefore], 'what is left out does not count');
  });
});

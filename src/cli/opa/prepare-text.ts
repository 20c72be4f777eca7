import { gzipSync } from 'node:zlib';

import { isMap, isSeq, parseAllDocuments, Scalar, type YAMLMap } from 'yaml';

import { MixerError } from '../../util/errors.js';

/** Compiles Rego modules for a query to a wasm module. Rejects with an error whose message says why it cannot. */
export type Compile = (source: {
  readonly policy: readonly string[];
  readonly checkMethod: string;
}) => Promise<Uint8Array>;

/** A configuration without Rego in it. */
export interface Prepared {
  readonly text: string;
  /** How many handlers were changed; with none the text is as it was. */
  readonly handlers: number;
  /** What could not be compiled: handler and reason. */
  readonly problems: readonly string[];
}

const lineLength = 120;

/**
 * Puts compiled policies in the place of inline Rego: `policyWasm` for `policy` in each handler of the opa adapter, in
 * both forms of a handler. Comments stay; the layout may change.
 *
 * @throws MixerError USAGE when the text is not YAML.
 */
export async function prepareText(text: string, compile: Compile): Promise<Prepared> {
  const documents = parseAllDocuments(text, { version: '1.1' });
  if (!Array.isArray(documents)) return { text, handlers: 0, problems: [] };
  const problems: string[] = [];
  let handlers = 0;
  for (const document of documents) {
    const broken = document.errors[0];
    if (broken !== undefined) throw new MixerError('USAGE', `not YAML: ${broken.message}`, broken);
    for (const { name, params } of handlersIn(document.contents)) {
      try {
        await prepareParams(params, compile);
        handlers++;
      } catch (error) {
        problems.push(`handler "${name}": ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  if (handlers === 0) return { text, handlers, problems };
  return { text: documents.map((document) => document.toString({ lineWidth: 0 })).join(''), handlers, problems };
}

interface InlineHandler {
  readonly name: string;
  readonly params: YAMLMap;
}

/** The handlers of a document, or of a list of resources, that have a policy as source. */
function handlersIn(root: unknown): readonly InlineHandler[] {
  if (!isMap(root)) return [];
  const items = root.get('items');
  if (isSeq(items)) return items.items.flatMap(handlersIn);
  const isOurs = root.get('kind') === 'handler' && root.getIn(['spec', 'compiledAdapter']) === 'opa';
  const params = isOurs ? root.getIn(['spec', 'params']) : root.get('kind') === 'opa' ? root.get('spec') : undefined;
  if (!isMap(params) || !params.has('policy')) return [];
  const name = root.getIn(['metadata', 'name']);
  return [{ name: typeof name === 'string' ? name : '', params }];
}

async function prepareParams(params: YAMLMap, compile: Compile): Promise<void> {
  const list = params.get('policy');
  const policy = isSeq(list) ? (list.toJSON() as readonly unknown[]) : [];
  const checkMethod = params.get('checkMethod') ?? params.get('check_method');
  if (policy.length === 0 || !policy.every((module) => typeof module === 'string')) {
    throw new Error('policy must be a list of Rego modules');
  }
  if (typeof checkMethod !== 'string' || checkMethod.trim() === '') throw new Error('check method is not configured');
  const packed = gzipSync(await compile({ policy, checkMethod }), { level: 9 }).toString('base64');
  const wasm = new Scalar(`${(packed.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? []).join('\n')}\n`);
  wasm.type = 'BLOCK_LITERAL';
  params.delete('policy');
  params.set('policyWasm', wasm);
}

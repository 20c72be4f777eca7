import {
  type Alias,
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  Parser,
  Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Diagnostic } from '../util/diagnostics.js';
import { MAX_DEPTH, MAX_NODES, MAX_TOKENS } from './limits.js';
import { type ConfigNode, isNull, type ListNode, type MapEntry, type Place, quote } from './node.js';
import { resolvePlain, resolveTagged, toKey } from './scalar.js';
import type { Chunk } from './split.js';

/** The documents of a chunk that could be read, and what was wrong with the others. */
export interface Composed {
  readonly roots: readonly ConfigNode[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Ends the reading of one document. Thrown and caught in this file alone. */
class Refusal extends Error {
  constructor(
    readonly code: 'YAML_SYNTAX' | 'YAML_LIMIT',
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/**
 * Reads a chunk of YAML. Each broken document gives one diagnostic, at its first error, because what follows an error
 * cannot be trusted; documents nested or grown beyond the limits are refused. Never throws.
 */
export function composeChunk(chunk: Chunk, file: string | undefined): Composed {
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: chunk.line + Math.max(line, 1) - 1, column: Math.max(col, 1) };
  };
  const roots: ConfigNode[] = [];
  const diagnostics: Diagnostic[] = [];
  const refuse = (error: unknown): void => {
    const known = error instanceof Refusal;
    const message = error instanceof Error ? error.message : String(error);
    const { code, offset } = known ? error : { code: 'YAML_SYNTAX', offset: 0 };
    diagnostics.push({ severity: 'error', code, message, file, ...place(offset) });
  };
  try {
    for (const document of parseDocuments(chunk.text, lines)) {
      try {
        const builder = new TreeBuilder(place, (key, at) =>
          diagnostics.push({
            severity: 'warning',
            code: 'DUPLICATE_FIELD',
            message: `the key ${quote(key)} is given twice in this map; the later one counts`,
            file,
            ...at,
          }),
        );
        const root = builder.buildRoot(document);
        if (root !== undefined) roots.push(root);
      } catch (error) {
        refuse(error);
      }
    }
  } catch (error) {
    refuse(error); // A limit, or input that the YAML library itself chokes on.
  }
  return { roots, diagnostics };
}

/** Guards the recursive composer of the library: the parser before it keeps its own stack, which is measured here. */
function parseDocuments(text: string, lines: LineCounter): readonly Document.Parsed[] {
  const parser = new Parser(lines.addNewLine);
  const tokens = [];
  let count = 0;
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > MAX_DEPTH + 2) throw tooDeep(parser.offset);
    if (++count > MAX_TOKENS) {
      throw new Refusal('YAML_LIMIT', `the document has more than ${MAX_TOKENS} tokens`, parser.offset);
    }
  }
  for (const token of parser.end()) tokens.push(token);
  const options = {
    version: '1.1',
    schema: 'failsafe',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  } as const;
  return [...new Composer(options).compose(tokens, false, text.length)] as Document.Parsed[];
}

function tooDeep(offset: number): Refusal {
  return new Refusal('YAML_LIMIT', `maps and lists are nested more than ${MAX_DEPTH} levels deep`, offset);
}

function tooLarge(offset: number): Refusal {
  return new Refusal('YAML_LIMIT', `the document has more than ${MAX_NODES} values, counting aliases in full`, offset);
}

interface Anchored {
  readonly node: ConfigNode;
  readonly size: number;
  readonly height: number;
}

/** Turns one parsed document into nodes: scalars resolved, aliases and merge keys followed, sizes counted. */
class TreeBuilder {
  /** By anchor; undefined while its node is still being built, so that a cycle shows. */
  private readonly anchors = new Map<string, Anchored | undefined>();
  private size = 0;
  private deepest = 0;

  constructor(
    private readonly place: (offset: number) => Place,
    private readonly onDuplicate: (key: string, at: Place) => void,
  ) {}

  buildRoot(document: Document.Parsed): ConfigNode | undefined {
    const [first] = document.errors;
    if (first !== undefined) throw new Refusal('YAML_SYNTAX', tidy(first.message), first.pos[0]);
    if (document.contents === null) return undefined;
    const root = this.build(document.contents, 0);
    return isNull(root) ? undefined : root;
  }

  private build(node: Node, depth: number): ConfigNode {
    if (isAlias(node)) return this.follow(node, depth);
    this.grow(1, depth, offsetOf(node));
    const anchor = 'anchor' in node ? node.anchor : undefined;
    if (anchor === undefined) return this.buildPlain(node, depth);
    this.anchors.set(anchor, undefined);
    const [sizeBefore, deepestBefore] = [this.size, this.deepest];
    this.deepest = depth;
    const built = this.buildPlain(node, depth);
    this.anchors.set(anchor, { node: built, size: this.size - sizeBefore + 1, height: this.deepest - depth });
    this.deepest = Math.max(this.deepest, deepestBefore);
    return built;
  }

  private buildPlain(node: Node, depth: number): ConfigNode {
    if (isMap(node)) return this.buildMap(node as YAMLMap<Node, Node | null>, depth);
    if (isSeq(node)) return this.buildList(node as YAMLSeq<Node | null>, depth);
    return this.buildScalar(node as Scalar<string>);
  }

  private follow(alias: Alias, depth: number): ConfigNode {
    const offset = offsetOf(alias);
    const found = this.anchors.get(alias.source);
    if (found !== undefined) {
      this.grow(found.size, depth + found.height, offset);
      return found.node;
    }
    if (this.anchors.has(alias.source)) {
      throw new Refusal('YAML_LIMIT', `the alias *${alias.source} stands inside of what it stands for`, offset);
    }
    throw new Refusal('YAML_SYNTAX', `no anchor &${alias.source} stands before this alias`, offset);
  }

  private grow(size: number, depth: number, offset: number): void {
    this.size += size;
    this.deepest = Math.max(this.deepest, depth);
    if (this.size > MAX_NODES) throw tooLarge(offset);
    if (depth > MAX_DEPTH) throw tooDeep(offset);
  }

  private buildScalar(node: Scalar<string>): ConfigNode {
    const text = node.value;
    const source = node.type === Scalar.PLAIN ? (node.source ?? text) : text;
    if (node.tag !== undefined && node.tag !== 'tag:yaml.org,2002:str' && node.tag !== '!') {
      const value = resolveTagged(node.tag, text);
      if (value !== undefined) return { kind: 'scalar', value, source, ...this.place(offsetOf(node)) };
      throw new Refusal('YAML_SYNTAX', `the tag does not fit the value ${quote(text)}`, offsetOf(node));
    }
    const plain = node.tag === undefined && (node.type === undefined || node.type === Scalar.PLAIN);
    const at = this.place(offsetOf(node));
    const lead = leadOf(node);
    const textColumn = lead === undefined ? undefined : at.column + lead;
    return { kind: 'scalar', value: plain ? resolvePlain(text) : text, source, ...at, textColumn };
  }

  private buildList(list: YAMLSeq<Node | null>, depth: number): ListNode {
    const at = this.place(offsetOf(list));
    const items = list.items.map((item) => (item === null ? nullAt(at) : this.build(item, depth + 1)));
    return { kind: 'list', items, ...at };
  }

  private buildMap(map: YAMLMap<Node, Node | null>, depth: number): ConfigNode {
    const entries = new Map<string, MapEntry>();
    const merges: ConfigNode[] = [];
    for (const pair of map.items) {
      const at = this.place(offsetOf(pair.key));
      const value = this.buildValue(pair, at, depth + 1);
      if (isMergeKey(pair.key)) {
        merges.push(...mergeSources(value, offsetOf(pair.key)));
        continue;
      }
      const key = this.buildKey(pair.key, depth + 1);
      if (entries.has(key)) this.onDuplicate(key, at);
      entries.delete(key);
      entries.set(key, { key, value, ...at });
    }
    addMerged(entries, merges);
    return { kind: 'map', entries: [...entries.values()], ...this.place(offsetOf(map)) };
  }

  /** A value without text has no place worth naming: it gets that of its key. */
  private buildValue(pair: Pair<Node, Node | null>, at: Place, depth: number): ConfigNode {
    const value = pair.value === null ? nullAt(at) : this.build(pair.value, depth);
    return value.kind === 'scalar' && value.value === null && value.source === '' ? nullAt(at) : value;
  }

  private buildKey(node: Node, depth: number): string {
    const built = this.build(node, depth);
    const key = built.kind === 'scalar' ? toKey(built.value) : undefined;
    if (key !== undefined) return key;
    throw new Refusal('YAML_SYNTAX', 'a key must be text, a number or a boolean', offsetOf(node));
  }
}

function isMergeKey(key: Node): boolean {
  return isScalar(key) && key.value === '<<' && key.type === Scalar.PLAIN;
}

function mergeSources(value: ConfigNode, offset: number): readonly ConfigNode[] {
  const sources = value.kind === 'list' ? value.items : [value];
  if (sources.every((source) => source.kind === 'map')) return sources;
  throw new Refusal('YAML_SYNTAX', 'a merge key takes a map or a list of maps', offset);
}

/** What the map says itself wins, then the earlier source (yaml.org/type/merge.html). */
function addMerged(entries: Map<string, MapEntry>, sources: readonly ConfigNode[]): void {
  for (const source of sources) {
    if (source.kind !== 'map') continue;
    for (const entry of source.entries) if (!entries.has(entry.key)) entries.set(entry.key, entry);
  }
}

function nullAt(at: Place): ConfigNode {
  return { kind: 'scalar', value: null, source: '', line: at.line, column: at.column };
}

/** How many characters stand before a scalar's text; undefined when the text is not what the file says letter by letter. */
function leadOf(node: Scalar<string>): number | undefined {
  const [start, end] = node.range ?? [0, 0];
  const quoted = node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE;
  const lead = quoted ? 1 : 0;
  // Escapes and folding only ever make a text shorter than it is written.
  const verbatim = (quoted || node.type === Scalar.PLAIN) && end - start === node.value.length + 2 * lead;
  return verbatim && !node.value.includes('\n') ? lead : undefined;
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

/** What the library says in its own terms, said for people who write configuration. */
const plainer: ReadonlyMap<string, string> = new Map([
  ['Nested mappings are not allowed in compact mappings', 'a value with ": " in it must be quoted'],
  ['Missing closing "quote', 'a double quote is not closed'],
  ["Missing closing 'quote", 'a single quote is not closed'],
  [
    'Flow sequence in block collection must be sufficiently indented and end with a ]',
    'a [ is not closed, or its ] is not indented',
  ],
  [
    'Flow map in block collection must be sufficiently indented and end with a }',
    'a { is not closed, or its } is not indented',
  ],
]);

function tidy(message: string): string {
  const known = plainer.get(message);
  if (known !== undefined) return known;
  const text = message.slice(0, 200).replace(/[.:\s]+$/, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
}

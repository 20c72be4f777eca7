import type { Node } from './ast.js';
import { PipeParser, SyntaxProblem } from './parse-pipe.js';
import { Scope } from './scope.js';
import type { Complain, Segment } from './segments.js';
import { tokenize } from './tokens.js';

type BlockKind = 'if' | 'with' | 'range';

interface Block {
  readonly kind: BlockKind;
  readonly at: number;
  /** Where the nodes after its end go. */
  readonly after: Node[];
  readonly otherwise: Node[];
  /** Made by `else if`: ends together with the block around it. */
  readonly isChained: boolean;
  hasElse: boolean;
}

/** How deep blocks may be nested. */
const maxDepth = 50;
const firstWord = /^[ \t\r\n]*([a-z]+)/;
const declaration = /(\$\w+)\s*(?:,\s*(\$\w+)\s*)?:=/;

/** Builds the tree of a template. A mistake in one action leaves the others to be looked at. */
export class NodeParser {
  readonly scope = new Scope();
  readonly #blocks: Block[] = [];
  #nodes: Node[] = [];

  constructor(readonly complain: Complain) {}

  parse(segments: readonly Segment[]): readonly Node[] {
    const root = this.#nodes;
    for (const segment of segments) {
      if (segment.kind === 'text') this.#nodes.push({ kind: 'text', text: segment.text, at: segment.offset });
      else this.#parseAction(segment);
    }
    for (const { kind, at, isChained } of this.#blocks) if (!isChained) this.complain(at, `this ${kind} has no end`);
    return root;
  }

  #parseAction({ text, offset }: Segment): void {
    const word = firstWord.exec(text)?.[1] ?? '';
    const tokens = tokenize(text, offset, this.complain);
    let isSound = tokens !== undefined;
    try {
      const stand = tokens ?? tokenize(`${word} true`, offset, this.complain)!;
      this.#dispatch(word, offset, new PipeParser(stand, this.scope));
    } catch (error) {
      if (!(error instanceof SyntaxProblem)) throw error;
      this.complain(error.at, error.message);
      isSound = false;
    }
    if (isSound) return;
    // Later uses of what it would have declared are no mistakes.
    for (const name of declaration.exec(text)?.slice(1) ?? []) this.scope.declare(name);
  }

  #dispatch(word: string, at: number, parser: PipeParser): void {
    switch (word) {
      case 'if':
      case 'with':
      case 'range':
        parser.takeWord(word);
        this.#open(word, at, parser);
        return;
      case 'else':
        parser.takeWord(word);
        this.#else(at, parser);
        return;
      case 'end':
        parser.takeWord(word);
        this.#end(at);
        parser.expectEnd();
        return;
      case 'break':
      case 'continue':
        parser.takeWord(word);
        parser.expectEnd();
        this.#leaveLoop(word, at);
        return;
      case 'define':
      case 'block':
        // It has an end, which must not close something else.
        this.#enter('if', at, []);
        throw new SyntaxProblem(at, `'${word}' is not supported`);
      case 'template':
        throw new SyntaxProblem(at, `'${word}' is not supported`);
      default:
        this.#nodes.push({ kind: 'print', pipe: parser.parseRest('an action') });
    }
  }

  #open(kind: BlockKind, at: number, parser: PipeParser, isChained = false): void {
    if (this.#blocks.length >= maxDepth) throw new SyntaxProblem(at, `blocks are nested more than ${maxDepth} deep`);
    // Open before its pipeline is read: if that is wrong, its end must still find it.
    const body: Node[] = [];
    const { after, otherwise } = this.#enter(kind, at, body, isChained);
    const pipe = parser.parseRest(kind, kind === 'range');
    after.push({ kind, pipe, body, otherwise });
  }

  #enter(kind: BlockKind, at: number, body: Node[], isChained = false): Block {
    const block: Block = { kind, at, after: this.#nodes, otherwise: [], isChained, hasElse: false };
    this.#blocks.push(block);
    this.#nodes = body;
    this.scope.enter();
    return block;
  }

  #else(at: number, parser: PipeParser): void {
    const block = this.#blocks.at(-1);
    if (block === undefined || block.hasElse) throw new SyntaxProblem(at, 'unexpected else');
    block.hasElse = true;
    this.#nodes = block.otherwise;
    if (block.kind !== 'range' && parser.takeWord(block.kind)) this.#open(block.kind, at, parser, true);
    else parser.expectEnd();
  }

  #end(at: number): void {
    for (let closed = this.#blocks.pop(); closed !== undefined; closed = this.#blocks.pop()) {
      this.scope.leave();
      this.#nodes = closed.after;
      if (!closed.isChained) return;
    }
    throw new SyntaxProblem(at, 'unexpected end');
  }

  #leaveLoop(kind: 'break' | 'continue', at: number): void {
    const isInLoop = this.#blocks.some((block) => block.kind === 'range' && !block.hasElse);
    if (!isInLoop) throw new SyntaxProblem(at, `${kind} outside of a range`);
    this.#nodes.push({ kind });
  }
}

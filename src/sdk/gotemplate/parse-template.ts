import type { Command, Node, Pipe } from './ast.js';
import { compileNodes, type NodeCompiler } from './compile-nodes.js';
import { DataMap, type Datum } from './datum.js';
import { escapeHtmlText } from './escape.js';
import { plainText } from './format/value.js';
import { htmlLiteral } from './html-text.js';
import { NodeParser } from './parse-nodes.js';
import { Failure, RenderError } from './render-error.js';
import { type Complain, splitTemplate } from './segments.js';
import { RenderState } from './state.js';
import type { GoTemplate, ParsedTemplate, TemplateOptions, TemplateProblem } from './types.js';

const defaultMaxOutput = 4 * 1024 * 1024;

/**
 * Reads a Go text/template, or with `html` an html/template, of the subset that docs/gotemplate.md describes. All that
 * is wrong with it comes as one list; what the subset leaves out is among it, by name.
 */
export function parseTemplate(text: string, options: TemplateOptions = {}): ParsedTemplate {
  const { html = false, maxOutput = defaultMaxOutput } = options;
  const found = new Map<number, string>();
  const complain: Complain = (offset, message) => {
    // One mistake may be met twice: by the scan for the end of the action, and inside it.
    if (!found.has(offset)) found.set(offset, message);
  };
  const parser = new NodeParser(complain);
  const nodes = parser.parse(splitTemplate(text, complain));
  const compiler: NodeCompiler = { complain, show: html ? showHtml(complain) : () => showText };
  const run = compileNodes(html ? nodes.map((node) => withHtml(node, complain)) : nodes, compiler);
  const [first, ...more] = [...found].sort(([a], [b]) => a - b).map((entry) => locate(text, entry));
  if (first !== undefined) return { problems: [first, ...more] };
  return { template: createTemplate(run, parser.scope.slots, maxOutput) };
}

function createTemplate(run: ReturnType<typeof compileNodes>, slots: number, maxOutput: number): GoTemplate {
  return {
    render(data) {
      const root = new DataMap(data);
      const state = new RenderState(root, slots, maxOutput);
      try {
        run(state, root);
      } catch (error) {
        if (error instanceof Failure) throw new RenderError(error.message, state.output, state.at);
        throw error;
      }
      return state.output;
    },
  };
}

function showText(value: Datum): string {
  return value === undefined ? '<no value>' : plainText(value);
}

/** In html nothing prints as nothing, and what `html` has escaped is not escaped again. */
function showHtml(complain: Complain): (pipe: Pipe) => (value: Datum) => string {
  return ({ commands }) => {
    for (const command of commands.slice(0, -1)) {
      const name = escaperOf(command);
      if (name !== undefined) complain(command.args[0].at, `'${name}' must come last in an html template`);
    }
    const isEscaped = escaperOf(commands.at(-1)) === 'html';
    return (value) => {
      if (value === undefined) return '';
      return isEscaped && typeof value === 'string' ? value : escapeHtmlText(plainText(value));
    };
  };
}

function escaperOf(command: Command | undefined): string | undefined {
  const first = command?.args[0];
  return first?.kind === 'function' && (first.name === 'html' || first.name === 'urlquery') ? first.name : undefined;
}

function withHtml(node: Node, complain: Complain): Node {
  if (node.kind === 'text') return { ...node, text: htmlLiteral(node.text, node.at, complain) };
  if (!('body' in node)) return node;
  const inside = (nodes: readonly Node[]): Node[] => nodes.map((one) => withHtml(one, complain));
  return { ...node, body: inside(node.body), otherwise: inside(node.otherwise) };
}

function locate(text: string, [offset, message]: readonly [number, string]): TemplateProblem {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { message, offset, line, column: offset - before.lastIndexOf('\n') };
}

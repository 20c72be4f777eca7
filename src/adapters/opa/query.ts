import { createHash } from 'node:crypto';

const path = /^data(?:\.[A-Za-z_]\w*)+$/;

/** The entry point of a query that is a plain path: `data.a.b` is `a/b`. Undefined for other queries. */
export function pathEntry(query: string): string | undefined {
  const text = query.trim();
  return path.test(text) ? text.slice('data.'.length).replaceAll('.', '/') : undefined;
}

/**
 * The entry point of the module that is generated for a query. It is made of the query's text, so that a policy compiled
 * for another query is found out.
 */
export function wrapperEntry(query: string): string {
  return `fairlead/${wrapperName(query)}/rows`;
}

/** How the first statement of a query is understood: as a value, or as a statement that holds or does not. */
export type QueryForm = 'value' | 'statement';

/**
 * A module whose `rows` has an element for each row that the query's result set would have: the value of its first
 * expression, or true where that is an assignment, a unification or a negation. The query is on a line of its own, so
 * that a comment in it ends there.
 */
export function wrapperModule(query: string, form: QueryForm): string {
  const head = 'fairlead_value__';
  const body = form === 'value' ? `${head} |\n${head} := ${query.trim()}` : `true |\n${query.trim()}`;
  return `package fairlead.${wrapperName(query)}\n\nrows = [${body}\n]\n`;
}

function wrapperName(query: string): string {
  return `q${createHash('sha256').update(query.trim()).digest('hex').slice(0, 16)}`;
}

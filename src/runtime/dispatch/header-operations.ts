import type { HeaderOperation } from '../../sdk/index.js';
import type { HeaderTemplate, NamespaceRoutes } from '../routing/table.js';
import type { CombinedCheck } from './combine-checks.js';
import { DirectiveDraft } from './directive.js';
import type { Evaluation } from './evaluation.js';
import type { RequestBag } from './request-bag.js';

/** Adds the header operations of the rules that match; only for a check that is OK (mixer-core.md 6.4). */
export function addHeaderOperations(
  combined: CombinedCheck,
  options: { readonly bag: RequestBag; readonly evaluation: Evaluation; readonly routes: NamespaceRoutes },
): void {
  const { bag, evaluation } = options;
  for (const group of options.routes.headers) {
    if (!evaluation.matches(group, bag)) continue;
    const request = render(group.request, bag);
    const response = render(group.response, bag);
    if (request.length + response.length === 0) continue;
    combined.directive ??= new DirectiveDraft();
    combined.directive.requestHeaderOperations.push(...request);
    combined.directive.responseHeaderOperations.push(...response);
  }
}

/** A removal as it is; otherwise one operation per value. A value that fails or is empty leaves its operation out. */
function render(templates: readonly HeaderTemplate[], bag: RequestBag): HeaderOperation[] {
  const list: HeaderOperation[] = [];
  for (const { name, operation, values } of templates) {
    if (operation === 'REMOVE') {
      list.push({ name, value: '', operation });
      continue;
    }
    for (const evaluate of values) {
      const value = evaluate(bag);
      if (typeof value === 'string' && value !== '') list.push({ name, value, operation });
    }
  }
  return list;
}

import { annotatedBy } from '../annotated.js';
import { annotationKinds } from '../annotations.js';
import type { Analyser } from '../analyser.js';

/** Annotations on a kind of resource on which they mean nothing. */
export const misplacedAnnotation: Analyser = {
  code: 'IST0107',
  severity: 'warning',
  name: 'misplaced-annotation',
  find: ({ resources }) =>
    resources.flatMap(annotatedBy).flatMap(({ resource, kind, name, at }) => {
      const kinds = annotationKinds.get(name) ?? [kind];
      if (kinds.includes(kind)) return [];
      const where = kinds.map((one) => (one === 'Pod' ? 'a Pod, or the template of one' : `a ${one}`)).join(' or ');
      return [{ resource, at, message: `the annotation "${name}" has no effect on a ${kind}: it belongs on ${where}` }];
    }),
};

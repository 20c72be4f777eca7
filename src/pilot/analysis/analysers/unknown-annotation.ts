import { suggest } from '../../../config/index.js';
import { annotatedBy } from '../annotated.js';
import { annotationKinds } from '../annotations.js';
import type { Analyser } from '../analyser.js';

/** Annotations of Istio's domains that nobody knows. */
export const unknownAnnotation: Analyser = {
  code: 'IST0108',
  severity: 'warning',
  name: 'unknown-annotation',
  find: ({ resources }) =>
    resources.flatMap(annotatedBy).flatMap(({ resource, name, at }) => {
      if (annotationKinds.has(name)) return [];
      const likely = suggest(name, [...annotationKinds.keys()]);
      const hint = likely === undefined ? '' : `; did you mean "${likely}"?`;
      return [{ resource, at, message: `the annotation "${name}" is not known${hint}` }];
    }),
};

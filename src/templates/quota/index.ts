import { defineTemplate, f } from 'fairlead/sdk';

/** What a quota is counted by: each combination of dimensions has a counter of its own. */
export const quota = defineTemplate({
  name: 'quota',
  variety: 'QUOTA',
  displayName: 'Quota',
  fields: { dimensions: f.values },
});

import { defineTemplate } from 'fairlead/sdk';

/** A check without data, for adapters that always answer the same. */
export const checknothing = defineTemplate({
  name: 'checknothing',
  variety: 'CHECK',
  displayName: 'CheckNothing',
  fields: {},
});

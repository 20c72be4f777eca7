import { defineTemplate } from 'fairlead/sdk';

/** A report without data, for adapters that only need to know that a request happened. */
export const reportnothing = defineTemplate({
  name: 'reportnothing',
  variety: 'REPORT',
  displayName: 'ReportNothing',
  fields: {},
});

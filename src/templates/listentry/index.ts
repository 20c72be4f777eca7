import { defineTemplate, f } from 'fairlead/sdk';

/** One value to look up in a list: text or an IP address. */
export const listentry = defineTemplate({
  name: 'listentry',
  variety: 'CHECK',
  displayName: 'ListEntry',
  fields: { value: f.value },
});

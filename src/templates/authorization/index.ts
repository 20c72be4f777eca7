import { defineTemplate, f } from 'fairlead/sdk';

/** Who wants to do what: the input of an authorization decision. `groups` is one string, as in Mixer. */
export const authorization = defineTemplate({
  name: 'authorization',
  variety: 'CHECK',
  displayName: 'Authorization',
  fields: {
    subject: f.message({ user: f.string, groups: f.string, properties: f.values }),
    action: f.message({
      namespace: f.string,
      service: f.string,
      method: f.string,
      path: f.string,
      properties: f.values,
    }),
  },
});

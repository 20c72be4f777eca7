import { defineTemplate, f } from 'fairlead/sdk';

/** One use of an API key, to be allowed or refused. */
export const apikey = defineTemplate({
  name: 'apikey',
  variety: 'CHECK',
  displayName: 'ApiKey',
  fields: {
    api: f.string,
    apiVersion: f.string,
    apiOperation: f.string,
    apiKey: f.string,
    timestamp: f.timestamp,
  },
});

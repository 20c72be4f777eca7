import { type Infer, s } from 'fairlead/sdk';

/** Which out-of-process adapter to ask, and the configuration that it gets. */
export const bypassConfig = s.message({
  backendAddress: s.string('', 'Address of the adapter: host:port or unix:/path.'),
  params: s.optional(
    s.message({
      '@type': s.string('', 'Type URL of the configuration.'),
      value: s.any('The encoded message in base64; text for a StringValue, a map for a Struct.'),
    }),
    'Configuration of the adapter, as a google.protobuf.Any.',
  ),
  sessionBased: s.bool(false, 'Hands over the configuration once, when the handler is built, and not with each call.'),
});

export type BypassConfig = Infer<typeof bypassConfig>;
export type AnyConfig = NonNullable<BypassConfig['params']>;

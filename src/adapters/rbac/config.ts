import { Duration, type Infer, s } from 'fairlead/sdk';

/** Where Mixer's adapter found roles by default. */
export const defaultStoreUrl = 'k8s://';

/** How long answers may be reused. Roles and bindings are resources of their own. */
export const rbacConfig = s.message({
  configStoreUrl: s.string(defaultStoreUrl, 'Ignored: roles are read from the same configuration as everything else.'),
  cacheDuration: s.duration(Duration.fromSeconds(60), 'How long the caller may reuse an answer.'),
});

export type RbacConfig = Infer<typeof rbacConfig>;

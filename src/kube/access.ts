/** A secret or certificate: given in place, or in a file that may change. */
export type Material = { readonly kind: 'data'; readonly data: string | Buffer } | FileMaterial;

interface FileMaterial {
  readonly kind: 'file';
  readonly path: string;
}

/** How this process proves who it is, beside a client certificate. */
export type Credentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: Material }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** What needs programs, identity providers or proxies: `@kubernetes/client-node` does it, from the whole kubeconfig. */
  | { readonly kind: 'library'; readonly kubeconfig: string; readonly folder: string; readonly why: string };

/** All that is needed to talk to a cluster. */
export interface Access {
  readonly server: URL;
  readonly ca: Material | undefined;
  readonly cert: Material | undefined;
  readonly key: Material | undefined;
  /** The name that the server's certificate must have; that of the address when undefined. */
  readonly serverName: string | undefined;
  /** Trusts any server. Only ever because a kubeconfig says so. */
  readonly isInsecure: boolean;
  /** Acts as somebody else, if the server allows it. */
  readonly impersonate: string | undefined;
  readonly credentials: Credentials;
  /** Of the context, if it has one. */
  readonly namespace: string | undefined;
}

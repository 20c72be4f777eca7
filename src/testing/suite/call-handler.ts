import type { CallContext, Handler, Instance, QuotaArgs, Template } from '../../sdk/index.js';

type AnyMethod = (...args: readonly unknown[]) => unknown;

/** The name of the method that serves a template. */
export function methodName(template: Template): string {
  return template.variety === 'ATTRIBUTE_GENERATOR'
    ? `generate${template.displayName}Attributes`
    : `handle${template.displayName}`;
}

/** Calls the method that serves a template as the host does, whatever the template; what it throws is a rejection. */
export function callHandler(
  handler: Handler,
  template: Template,
  input: { readonly instance: Instance<Template>; readonly args: QuotaArgs; readonly call: CallContext },
): Promise<unknown> {
  const methods = handler as unknown as Readonly<Record<string, AnyMethod>>;
  const { instance, args, call } = input;
  const name = methodName(template);
  const run = (): unknown => {
    switch (template.variety) {
      case 'REPORT':
        return methods[name]?.(Object.freeze([instance]), call);
      case 'QUOTA':
        return methods[name]?.(instance, args, call);
      default:
        return methods[name]?.(instance, call);
    }
  };
  return new Promise((resolve) => resolve(run()));
}

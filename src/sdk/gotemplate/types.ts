import type { Value } from '../../attributes/index.js';

/** What a template is rendered over: values by name. Names that are not there print as `<no value>`. */
export type TemplateData = Readonly<Record<string, Value | undefined>>;

/** A finding about a template's text. Offset counts from 0, line and column from 1, all in UTF-16 code units. */
export interface TemplateProblem {
  readonly message: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** How a template is read and rendered. */
export interface TemplateOptions {
  /** Escapes printed values as html/template does in text; values inside tags and scripts are refused. */
  readonly html?: boolean;
  /** The longest output in UTF-16 code units; 4 Mi when left out. Rendering fails beyond it. */
  readonly maxOutput?: number;
}

/** A template that was found sound. It holds no state: it may be rendered any number of times, also while rendering. */
export interface GoTemplate {
  /** The text for some data; throws a {@link RenderError} when the template cannot be applied to it. */
  render(data: TemplateData): string;
}

/** What became of a template's text: a template, or all that is wrong with it, in the order of the text. */
export type ParsedTemplate =
  | { readonly template: GoTemplate; readonly problems?: undefined }
  | { readonly template?: undefined; readonly problems: readonly [TemplateProblem, ...TemplateProblem[]] };

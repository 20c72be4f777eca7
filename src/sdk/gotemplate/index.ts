export { parseTemplate } from './parse-template.js';
export { RenderError } from './render-error.js';
export type { GoTemplate, ParsedTemplate, TemplateData, TemplateOptions, TemplateProblem } from './types.js';

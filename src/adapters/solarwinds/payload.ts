import { formatIp, type Timestamp, type Value } from 'fairlead/sdk';
import { type GoTemplate, parseTemplate, type TemplateProblem, RenderError } from 'fairlead/sdk/gotemplate';

const defaultTemplate =
  '{{or .originIp "-"}} - {{or .sourceUser "-"}} [{{.timestamp.Format "2006-01-02T15:04:05Z07:00"}}] ' +
  '"{{or .method "-"}} {{or .url "-"}} {{or .protocol "-"}}" {{or .responseCode "-"}} {{or .responseSize "-"}}';

/** What became of an entry: the text as far as it could be made, and what was wrong. */
export interface Payload {
  readonly text: string;
  readonly problem?: string;
}

type Variables = Readonly<Record<string, Value | undefined>>;

/** What is wrong with a template; the empty one is the default and fine. */
export function findTemplateProblems(text: string): readonly TemplateProblem[] {
  return parse(text).problems ?? [];
}

/**
 * Makes a renderer of a template. Values are escaped as in HTML, as Mixer does; `timestamp` is always the time of the
 * report, and `originIp` a text.
 *
 * @throws Error when the template is not sound, which validation has ruled out.
 */
export function compilePayload(text: string): (variables: Variables, now: Timestamp) => Payload {
  const { template, problems } = parse(text);
  if (template === undefined) throw new Error(problems[0].message);
  return (variables, now) => render(template, dataOf(variables, now));
}

function parse(text: string): ReturnType<typeof parseTemplate> {
  return parseTemplate(text.trim() === '' ? defaultTemplate : text, { html: true });
}

function dataOf(variables: Variables, timestamp: Timestamp): Variables {
  const data = Object.assign(Object.create(null), variables) as Record<string, Value | undefined>;
  const { originIp } = variables;
  if (originIp instanceof Uint8Array) data['originIp'] = formatIp(originIp);
  data['timestamp'] = timestamp;
  return data;
}

function render(template: GoTemplate, data: Variables): Payload {
  try {
    return { text: template.render(data) };
  } catch (cause) {
    if (cause instanceof RenderError) return { text: cause.output, problem: cause.message };
    throw cause;
  }
}

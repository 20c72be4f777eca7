import { type Infer, s } from '../../util/schema.js';
import { Timestamp } from '../../util/timestamp.js';
import { forEach, forEntries } from './checks/path.js';
import { checkMethod, checkRegex } from './checks/text.js';
import { maybeDuration, maybeText, textMap } from './fields.js';
import { type Findings, type Kind, mixerClient } from './kind.js';

const valueFields = [
  'stringValue',
  'int64Value',
  'doubleValue',
  'boolValue',
  'bytesValue',
  'timestampValue',
  'durationValue',
  'stringMapValue',
] as const;

const attributeValue = s.message(
  {
    stringValue: maybeText(),
    int64Value: s.optional(s.int64()),
    doubleValue: s.optional(s.double()),
    boolValue: s.optional(s.bool()),
    bytesValue: maybeText('Base64.'),
    timestampValue: maybeText('RFC 3339.'),
    durationValue: maybeDuration(),
    stringMapValue: s.optional(s.message({ entries: textMap() })),
  },
  { oneofs: [valueFields] },
);
export type AttributeValue = Infer<typeof attributeValue>;

const attributes = s.optional(s.message({ attributes: s.map(attributeValue) }));
const pattern = s.message(
  { attributes, httpMethod: s.string(), uriTemplate: maybeText(), regex: maybeText() },
  { oneofs: [['uriTemplate', 'regex']] },
);
const apiKey = s.message(
  { query: maybeText(), header: maybeText(), cookie: maybeText() },
  { oneofs: [['query', 'header', 'cookie']] },
);

const schema = s.message({ attributes, patterns: s.list(pattern), apiKeys: s.list(apiKey) });
export type HttpApiSpec = Infer<typeof schema>;

/** Attributes for the operations of an HTTP API (mesh.md 1.14). */
export const httpApiSpec: Kind<HttpApiSpec> = { kind: 'HTTPAPISpec', ...mixerClient, schema, validate };

function validate(spec: HttpApiSpec, findings: Findings): void {
  checkAttributes(findings, 'attributes', spec.attributes);
  if (spec.patterns.length === 0) findings.invalid('patterns', 'must have an entry');
  forEach('patterns', spec.patterns, (path, one) => {
    checkAttributes(findings, `${path}.attributes`, one.attributes);
    if (one.httpMethod === '') findings.invalid(`${path}.httpMethod`, 'must be set');
    else checkMethod(findings, `${path}.httpMethod`, one.httpMethod);
    if (one.regex !== undefined) checkRegex(findings, `${path}.regex`, one.regex);
    else if (one.uriTemplate === undefined) findings.invalid(path, 'must have a uriTemplate or a regex');
    else checkTemplate(findings, `${path}.uriTemplate`, one.uriTemplate);
  });
  forEach('apiKeys', spec.apiKeys, (path, { query, header, cookie }) => {
    if ((query ?? header ?? cookie ?? '') === '') findings.invalid(path, 'must have a query, a header or a cookie');
  });
}

function checkAttributes(findings: Findings, path: string, given: HttpApiSpec['attributes']): void {
  if (given === undefined) return;
  forEntries(`${path}.attributes`, given.attributes, (where, _name, value) => {
    const { bytesValue: bytes, timestampValue: time } = value;
    if (valueFields.every((field) => value[field] === undefined)) findings.invalid(where, 'must have a value');
    if (bytes !== undefined && !/^(?:[\w+/-]{4})*(?:[\w+/-]{2,3}={0,2})?$/.test(bytes)) {
      findings.value(`${where}.bytesValue`, 'must be base64');
    }
    if (time !== undefined && Timestamp.parse(time) === undefined) {
      findings.value(
        `${where}.timestampValue`,
        `must be a time such as 2019-01-01T00:00:00Z, not ${JSON.stringify(time)}`,
      );
    }
  });
}

function checkTemplate(findings: Findings, path: string, template: string): void {
  const flat = template.replaceAll(/\{[^{}=]+(?:=[^{}]*)?\}/g, '*');
  if (!flat.startsWith('/') || /[{}]/.test(flat)) {
    findings.value(path, `must be a path such as /shelves/{shelf}, not ${JSON.stringify(template)}`);
  }
}

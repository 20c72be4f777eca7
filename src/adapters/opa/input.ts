import type { Instance } from 'fairlead/sdk';
import type { authorization } from 'fairlead/templates';
import { stringJson, valueJson } from './json-text.js';

/**
 * The policy's input document as JSON text (adapters.md 2.5): `action` and `subject` are always there, empty texts and
 * maps in them are not; `groups` is a list of the one text. Written by hand because it is written for each request,
 * and because int64 properties have to keep their last digits.
 *
 * @throws Error when a property has no JSON form.
 */
export function inputJson({ action, subject }: Instance<typeof authorization>): string {
  let members = '';
  const add = (name: string, json: string): void => {
    members += members === '' ? `"${name}":${json}` : `,"${name}":${json}`;
  };
  const addText = (name: string, text: string | undefined): void => {
    if (text !== undefined && text !== '') add(name, stringJson(text));
  };
  const addProperties = (properties: Readonly<Record<string, unknown>>): void => {
    const json = propertiesJson(properties);
    if (json !== '') add('properties', `{${json}}`);
  };
  addText('namespace', action.namespace);
  addText('service', action.service);
  addText('method', action.method);
  addText('path', action.path);
  addProperties(action.properties);
  const actionMembers = members;
  members = '';
  addText('user', subject.user);
  if (subject.groups !== undefined && subject.groups !== '') add('groups', `[${stringJson(subject.groups)}]`);
  addProperties(subject.properties);
  return `{"action":{${actionMembers}},"subject":{${members}}}`;
}

function propertiesJson(properties: Readonly<Record<string, unknown>>): string {
  let text = '';
  // Records have no prototype, so this sees what Object.keys would, without making a list.
  for (const name in properties) {
    const value = properties[name];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${stringJson(name)}:${valueJson(value)}`;
  }
  return text;
}

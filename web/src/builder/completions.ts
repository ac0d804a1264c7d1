import type { SeenValues } from '../../../src/core/agreement/seen-values.ts';
import { TYPE_OF_MEMBER } from '../../../src/core/rule/environment.ts';

/** What may stand where one is writing. */
export interface Completion {
  readonly text: string;
  /** In words, or how often it was seen. */
  readonly detail: string;
}

export interface Completions {
  /** What is replaced: from here to the caret. */
  readonly from: number;
  readonly items: readonly Completion[];
}

export interface Known {
  readonly fields: readonly { readonly name: string; readonly label: string }[];
  readonly seen: SeenValues | undefined;
  /** A filter knows of no activities, and a question about one activity of no lead. */
  readonly scope: 'lead' | 'filter' | 'activity';
  readonly memberLabel: (member: string) => string;
  readonly count: (count: number) => string;
}

const MOST = 12;

const MACROS = ['exists(a, ', 'exists_one(a, ', 'all(a, ', 'filter(a, ', 'size()'];
const TESTS = ['contains("', 'startsWith("', 'endsWith("', 'matches("', 'lowerAscii()', 'size()'];

/** What may follow the text before the caret. */
export function completionsAt(text: string, caret: number, known: Known): Completions {
  const before = text.slice(0, caret);
  const open = openText(before);
  if (open !== null) return valuesAt(before, open, known);
  const [, object = '', part = ''] = /([A-Za-z_]\w*)\.(\w*)$/.exec(before) ?? [];
  const isOfField = /\b(?:lead|a|activity)\.\w+\.\w*$/.test(before);
  if (isOfField) return matching(caret, part, plain(TESTS));
  if (object === 'lead' && known.scope !== 'activity') {
    const fields = known.fields.map(({ name, label }) => ({ text: name, detail: label }));
    return matching(caret, part, [...fields, { text: 'created_at', detail: '' }]);
  }
  if (object === 'activities' && known.scope === 'lead') return matching(caret, part, plain(MACROS));
  const isActivity = object === 'activity' && known.scope === 'activity';
  if (isActivity || (object !== '' && new RegExp(String.raw`\(\s*${object}\s*,`).test(before))) {
    const members = Object.keys(TYPE_OF_MEMBER);
    return matching(
      caret,
      part,
      members.map((member) => ({ text: member, detail: known.memberLabel(member) })),
    );
  }
  const word = /[\p{L}_][\p{L}\p{N}_]*$/u.exec(before)?.[0] ?? '';
  return matching(caret, word, beginnings(known));
}

function beginnings({ fields, scope, memberLabel }: Known): readonly Completion[] {
  if (scope === 'activity') {
    const members = Object.keys(TYPE_OF_MEMBER);
    return members.map((member) => ({ text: `activity.${member}`, detail: memberLabel(member) }));
  }
  return [
    ...fields.map(({ name, label }) => ({ text: `lead.${name}`, detail: label })),
    ...plain(['lead.created_at', 'has(lead.']),
    ...(scope === 'lead'
      ? plain(['activities.exists(a, a.type == "', 'activities.filter(a, a.type == "', 'activities.size()'])
      : []),
    ...plain(['duration("24h")', 'timestamp("', 'true', 'false']),
  ];
}

function plain(texts: readonly string[]): readonly Completion[] {
  return texts.map((text) => ({ text, detail: '' }));
}

function matching(caret: number, part: string, all: readonly Completion[]): Completions {
  const wanted = part.toLowerCase();
  const rank = ({ text, detail }: Completion): number => {
    const names = [text.toLowerCase(), detail.toLowerCase(), text.toLowerCase().split('.').at(-1) ?? ''];
    if (names.some((name) => name.startsWith(wanted))) return 0;
    return names.some((name) => name.includes(wanted)) ? 1 : 2;
  };
  const items = all
    .filter((each) => rank(each) < 2 && each.text !== part)
    .toSorted((one, other) => rank(one) - rank(other));
  return { from: caret - part.length, items: items.slice(0, MOST) };
}

/** Where the text that the caret stands in begins, behind its quote; null outside of one. */
function openText(before: string): number | null {
  let open: number | null = null;
  let quote = '';
  for (let at = 0; at < before.length; at += 1) {
    const character = before[at] ?? '';
    if (open === null && (character === '"' || character === "'")) {
      open = at + 1;
      quote = character;
    } else if (open !== null && character === '\\') at += 1;
    else if (open !== null && character === quote) open = null;
  }
  return open;
}

/** The values that were seen of what the text is compared with. */
function valuesAt(before: string, open: number, { seen, count }: Known): Completions {
  const quote = before[open - 1] ?? '"';
  const asked = before.slice(0, open - 1);
  const subject =
    /([A-Za-z_]\w*)\.(\w+)(?:\.(?:contains|startsWith|endsWith)\()?\s*(?:[=!<>]=?|in\s*\[[^\]]*)?\s*$/.exec(
      asked,
    );
  const [, object = '', name = ''] = subject ?? [];
  const values =
    object === 'lead'
      ? seen?.fields.find(({ field }) => field === name)?.values
      : seen?.activities.find(({ member }) => member === name)?.values;
  const items = (values ?? []).map(({ value, count: times }) => ({
    text: `${JSON.stringify(value).slice(1, -1)}${quote}`,
    detail: count(times),
  }));
  return matching(before.length, before.slice(open), items);
}

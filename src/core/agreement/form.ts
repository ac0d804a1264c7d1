import { isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { agreementFile } from './schema.ts';
import type { AgreementFile } from './schema.ts';
import type { Path } from './text-edit.ts';
import { YamlDocument } from './yaml-document.ts';

/** What the form shows of an agreement: its shape is right, its rules and names need not be. */
export type AgreementForm = AgreementFile;

/** The form of an agreement's text; null where the text is no agreement of any form. */
export function readForm(text: string): AgreementForm | null {
  const document = YamlDocument.parse(text);
  if (!document.ok) return null;
  return agreementFile.safeParse(document.value.toJs()).data ?? null;
}

/** The innermost part of a text at a line and column, both from 1: `['funnel', 3, 'criteria', 0, 'rule']`. */
export function pathAt(text: string, line: number, column: number): Path {
  const lines = text.split('\n');
  const offset = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, column - 1);
  let found: Path = [];
  visit(parseDocument(text, { schema: 'core' }), {
    Node(_, node, ancestors) {
      if (isAt(node, offset)) {
        const path = pathOf([...ancestors, node]);
        if (path.length >= found.length) found = path;
      }
    },
  });
  return found;
}

function isAt(node: unknown, offset: number): boolean {
  const range: unknown = typeof node === 'object' && node !== null ? Reflect.get(node, 'range') : null;
  return Array.isArray(range) && Number(range[0]) <= offset && offset <= Number(range[1]);
}

function pathOf(ancestors: readonly unknown[]): Path {
  return ancestors.flatMap((each, nth): Path => {
    const within = ancestors[nth + 1];
    if (isPair(each)) return [isScalar(each.key) ? String(each.key.value) : ''];
    return isSeq(each) && within !== undefined ? [each.items.indexOf(within)] : [];
  });
}

import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Scalar } from 'yaml';
import { insertItem, moveItem, removeItem } from './text-items.ts';
import { insertPair, movePair, removePair, replaceValue } from './text-pairs.ts';
import { contentEnd, isPlaced, pairOf } from './text-places.ts';
import type { Splice } from './text-places.ts';
import { writeValue } from './text-values.ts';
import type { Plain } from './text-values.ts';

export type Path = readonly (string | number)[];

/** A change of one part of a YAML text. */
export type TextEdit =
  /** Keys that lead there are made. */
  | { readonly kind: 'set'; readonly path: Path; readonly value: Plain }
  /** Of a key, or of an item; a list that is left empty goes with it. */
  | { readonly kind: 'remove'; readonly path: Path }
  /** Into the list at the path, which is made where it is absent. */
  | { readonly kind: 'insert'; readonly path: Path; readonly at: number; readonly value: Plain }
  /** Of an item of a list, or of a key of a map. */
  | { readonly kind: 'move'; readonly path: Path; readonly from: number; readonly to: number }
  /** Of a key that a person chose: its value stays. */
  | { readonly kind: 'rename'; readonly path: Path; readonly name: string };

/**
 * Edits a YAML text where it stands: comments, order, quotes and all that the edit does not name stay as they
 * are, byte by byte. Where a text is of a form that cannot be mended so, the library writes all of it anew,
 * with its comments.
 *
 * @param text without faults, aliases or tags (see `YamlDocument`)
 */
export function editText(text: string, edit: TextEdit): string {
  const wanted = parseYaml(text);
  editDocument(wanted, edit);
  const splices = splicesOf(parseYaml(text), text, edit);
  if (splices !== null) {
    const edited = spliced(text, splices);
    if (saysTheSame(parseYaml(edited), wanted, edit)) return edited;
  }
  return wanted.toString({ lineWidth: 0 });
}

/** Edits one after the other. */
export function editTextBy(text: string, edits: readonly TextEdit[]): string {
  return edits.reduce(editText, text);
}

function parseYaml(text: string): Document.Parsed {
  return parseDocument(text, { schema: 'core' });
}

/** The order of keys is no part of what a text says, but where a key is moved. */
function saysTheSame(edited: Document, wanted: Document, { kind }: TextEdit): boolean {
  const said = kind === 'move' ? JSON.stringify : sorted;
  return edited.errors.length === 0 && said(edited.toJS()) === said(wanted.toJS());
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : each,
  );
}

/** The same edit by the library, which keeps what is said, and not how it is laid out. */
function editDocument(document: Document, edit: TextEdit): void {
  const list = nodeAt(document, edit.path);
  switch (edit.kind) {
    case 'set':
      document.setIn(edit.path, document.createNode(edit.value));
      return;
    case 'remove': {
      document.deleteIn(edit.path);
      const parent = edit.path.slice(0, -1);
      const left = nodeAt(document, parent);
      if (parent.length > 0 && isSeq(left) && left.items.length === 0) document.deleteIn(parent);
      return;
    }
    case 'insert':
      if (isSeq(list)) list.items.splice(edit.at, 0, document.createNode(edit.value));
      else document.setIn(edit.path, document.createNode([edit.value]));
      return;
    case 'move':
      if (isSeq(list)) moveIn(list.items, edit);
      else if (isMap(list)) moveIn(list.items, edit);
      return;
    case 'rename': {
      const key = keyAt(document, edit.path);
      if (key !== null) key.value = edit.name;
    }
  }
}

function moveIn(items: unknown[], { from, to }: { readonly from: number; readonly to: number }): void {
  items.splice(to, 0, ...items.splice(from, 1));
}

function spliced(text: string, splices: readonly Splice[]): string {
  return splices
    .toSorted((one, other) => other.from - one.from)
    .reduce((rest, { from, to, by }) => rest.slice(0, from) + by + rest.slice(to), text);
}

function splicesOf(document: Document, text: string, edit: TextEdit): readonly Splice[] | null {
  const list = nodeAt(document, edit.path);
  switch (edit.kind) {
    case 'set':
      return setSplices(document, text, edit.path, edit.value);
    case 'remove':
      return removeSplices(document, text, edit.path);
    case 'insert':
      return isSeq(list) && list.items.length > 0
        ? insertItem(list, text, edit.at, edit.value)
        : setSplices(document, text, edit.path, [edit.value]);
    case 'move':
      if (isMap(list)) return movePair(list, text, edit.from, edit.to);
      return isSeq(list) ? moveItem(list, text, edit.from, edit.to) : null;
    case 'rename': {
      const key = keyAt(document, edit.path);
      if (key === null) return [];
      if (!isPlaced(key)) return null;
      // A key of a map within braces, which is stricter, is as good outside of them.
      const by = writeValue(edit.name, { flow: true, indent: 0, before: key });
      return [{ from: key.range[0], to: key.range[1], by }];
    }
  }
}

function keyAt(document: Document, path: Path): Scalar | null {
  const map = nodeAt(document, path.slice(0, -1));
  const key = isMap(map) ? pairOf(map, String(path.at(-1)))?.key : null;
  return isScalar(key) ? key : null;
}

function setSplices(document: Document, text: string, path: Path, value: Plain): readonly Splice[] | null {
  const key = path.at(-1);
  if (key === undefined) return null;
  const parent = nodeAt(document, path.slice(0, -1));
  if (isSeq(parent)) {
    const node: unknown = typeof key === 'number' ? parent.items[key] : undefined;
    if (!isPlaced(node) || !isScalar(node)) return null;
    const by = writeValue(value, { flow: true, indent: 0, before: node });
    return [{ from: node.range[0], to: contentEnd(node, text), by }];
  }
  if (!isMap(parent)) {
    return path.length > 1 && parent === undefined
      ? setSplices(document, text, path.slice(0, -1), { [String(key)]: value })
      : null;
  }
  const pair = pairOf(parent, String(key));
  return pair === null
    ? insertPair(parent, text, String(key), value)
    : replaceValue(parent, pair, text, value);
}

function removeSplices(document: Document, text: string, path: Path): readonly Splice[] | null {
  const key = path.at(-1);
  const parent = nodeAt(document, path.slice(0, -1));
  if (isSeq(parent) && typeof key === 'number') {
    return parent.items.length === 1
      ? removeSplices(document, text, path.slice(0, -1))
      : removeItem(parent, text, key);
  }
  if (!isMap(parent)) return null;
  const pair = pairOf(parent, String(key));
  if (pair === null) return [];
  // What a map is left empty by leaves its braces.
  if (parent.items.length === 1 && path.length > 1) return setSplices(document, text, path.slice(0, -1), {});
  return removePair(parent, pair, text);
}

function nodeAt(document: Document, path: Path): unknown {
  return path.length === 0 ? document.contents : document.getIn(path, true);
}

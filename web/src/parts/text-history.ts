import { useCallback, useState } from 'react';

interface Standing {
  readonly past: readonly string[];
  readonly text: string;
  readonly future: readonly string[];
  /** What was edited last: more of the same is undone together with it. */
  readonly key: string | undefined;
}

/** A text that is edited step by step, each of which can be taken back and done again. */
export interface TextHistory {
  readonly text: string;
  readonly isEdited: boolean;
  readonly undo: (() => void) | null;
  readonly redo: (() => void) | null;
  readonly edit: (text: string, key?: string) => void;
  readonly reset: () => void;
}

/** More steps than anyone takes back. */
const MOST = 200;

export function useTextHistory(original: string): TextHistory {
  const [standing, setStanding] = useState<Standing | null>(null);
  const now = standing ?? { past: [], text: original, future: [], key: undefined };
  const { past, text, future } = now;
  const before = past.at(-1);
  const [after, ...later] = future;
  const edit = useCallback(
    (next: string, key?: string) =>
      setStanding((current) => {
        const from = current ?? { past: [], text: original, future: [], key: undefined };
        if (next === from.text) return current;
        const isMore = key !== undefined && key === from.key;
        const kept = isMore ? from.past : [...from.past, from.text].slice(-MOST);
        return { past: kept, text: next, future: [], key };
      }),
    [original],
  );
  return {
    text,
    isEdited: text !== original,
    edit,
    reset: () => setStanding(null),
    undo:
      before === undefined
        ? null
        : () =>
            setStanding({ past: past.slice(0, -1), text: before, future: [text, ...future], key: undefined }),
    redo:
      after === undefined
        ? null
        : () => setStanding({ past: [...past, text], text: after, future: later, key: undefined }),
  };
}

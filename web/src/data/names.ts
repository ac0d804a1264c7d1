import type { View } from '../parts/use-view.ts';
import { useWords } from './words.ts';

/** What a name of Tregua's own, or a field of the agreement, is called. */
export function useNames({ agreement }: View): (name: string) => string {
  const { w } = useWords();
  return (name) => {
    const field = agreement.fields.find((each) => each.name === name);
    if (field !== undefined) return field.label;
    const key = `name.${name}`;
    const text = w(key);
    return text === key ? name : text;
  };
}

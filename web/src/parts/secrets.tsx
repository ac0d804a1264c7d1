import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { send } from '../api.ts';
import { useReading } from '../language.tsx';

/** Changes something on the server, tells its fault, and asks what is there anew. */
export function useChange(
  key: string,
): readonly [fault: string | null, change: (work: () => Promise<void>) => Promise<void>] {
  const queries = useQueryClient();
  const { t } = useReading();
  const [fault, setFault] = useState<string | null>(null);
  const change = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      setFault(null);
    } catch (error) {
      setFault(error instanceof Error ? error.message : t('state.unreachable'));
    }
    await queries.invalidateQueries({ queryKey: [key] });
  };
  return [fault, change];
}

/** Sends something and gives one text of the answer, told this once. */
export async function sendForText(
  path: string,
  language: string,
  member: string,
  body: object = {},
): Promise<string> {
  const made: unknown = await send('POST', path, language, body);
  const text: unknown = typeof made === 'object' && made !== null ? Reflect.get(made, member) : null;
  return typeof text === 'string' ? text : '';
}

/** A text that is shown once, to be copied. */
export function ShownOnce({
  label,
  text,
  children,
}: {
  readonly label: ReactNode;
  readonly text: string;
  readonly children?: ReactNode;
}): ReactNode {
  const { t } = useReading();
  const [isCopied, setCopied] = useState(false);
  return (
    <p className="made">
      <label>
        <span>{label}</span>
        <input type="text" readOnly value={text} onFocus={(event) => event.target.select()} />
      </label>
      <button
        type="button"
        onClick={() => {
          void navigator.clipboard.writeText(text).then(() => setCopied(true));
        }}
      >
        {t(isCopied ? 'copied' : 'copy')}
      </button>
      {children}
    </p>
  );
}

/** A button that asks once more before it does what cannot be taken back. */
export function AskedTwice({
  label,
  confirm,
  does,
}: {
  readonly label: string;
  readonly confirm: string;
  readonly does: () => Promise<void>;
}): ReactNode {
  const { t } = useReading();
  const [isAsking, setAsking] = useState(false);
  if (!isAsking)
    return (
      <button type="button" className="quiet" onClick={() => setAsking(true)}>
        {label}
      </button>
    );
  return (
    <>
      <button type="button" onClick={() => void does().finally(() => setAsking(false))}>
        {confirm}
      </button>{' '}
      <button type="button" className="quiet" onClick={() => setAsking(false)}>
        {t('notes.cancel')}
      </button>
    </>
  );
}

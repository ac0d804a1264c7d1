import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useReading } from '../language.tsx';
import { post } from '../post.ts';

/** Keeps the draft as a proposal, for both areas to sign. */
export function DraftProposal({
  text,
  onDone,
}: {
  readonly text: string;
  readonly onDone: () => void;
}): ReactNode {
  const { t, language } = useReading();
  const client = useQueryClient();
  const [from, setFrom] = useState('');
  const [note, setNote] = useState('');
  const proposal = useMutation({
    mutationFn: () =>
      post('agreement/versions', language, {
        text,
        from: from === '' ? null : from,
        ...(note.trim() === '' ? {} : { note: note.trim() }),
        propose: true,
      }),
    onSuccess: async () => {
      onDone();
      await client.invalidateQueries();
    },
  });
  return (
    <form
      className="propose"
      onSubmit={(event) => {
        event.preventDefault();
        proposal.mutate();
      }}
    >
      <h3>{t('draft.propose_title')}</h3>
      <label>
        {t('draft.from')}
        <input type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
        <small>{from === '' ? t('draft.from_always') : t('draft.from_day')}</small>
      </label>
      <label>
        {t('draft.note')}
        <input value={note} maxLength={2000} onChange={(event) => setNote(event.target.value)} />
      </label>
      <button type="submit" disabled={proposal.isPending}>
        {t('draft.propose')}
      </button>
      {proposal.error && <p role="alert">{proposal.error.message}</p>}
    </form>
  );
}

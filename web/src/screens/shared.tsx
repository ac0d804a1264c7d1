import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { askShared } from '../api.ts';
import { useReading } from '../language.tsx';
import { useLocalDay } from '../parts/local-day.ts';
import { Failure, Skeleton } from '../parts/states.tsx';
import { readSearch } from '../search.ts';
import { BreakdownsScreen } from './breakdowns.tsx';
import { PanoramaScreen } from './panorama.tsx';

/** One view, for who has its link: no controls, no leads. */
export function SharedScreen(): ReactNode {
  const { t, language } = useReading();
  const dayOf = useLocalDay();
  const navigate = useNavigate();
  const [isPlaced, setPlaced] = useState(false);
  const shared = useQuery({ queryKey: ['shared', language], queryFn: () => askShared(language) });
  const state = shared.data?.state;
  useEffect(() => {
    if (state === undefined) return;
    // The screens read what is asked from the address; the server keeps to the link, whatever stands there.
    void navigate({ to: '.', search: readSearch(state), replace: true }).then(() => setPlaced(true));
  }, [state, navigate]);
  if (shared.error) return <Failure error={shared.error} retry={() => void shared.refetch()} />;
  if (shared.data === undefined || !isPlaced) return <Skeleton lines={12} />;
  return (
    <>
      <p className="explains">
        <strong>{shared.data.name}</strong> {t('shared.until', { day: dayOf(shared.data.expires_at) })}
      </p>
      {shared.data.screen === 'panorama' ? <PanoramaScreen /> : <BreakdownsScreen />}
    </>
  );
}

import { useAnswer } from '../api.ts';
import { useReading } from '../language.tsx';

/** Tells the day of an instant where the agreement is, in words: an evening there may be the next day in UTC. */
export function useLocalDay(): (instant: string) => string {
  const { language } = useReading();
  const { data: status } = useAnswer('status');
  const format = new Intl.DateTimeFormat(language, {
    dateStyle: 'long',
    timeZone: status?.timezone ?? 'UTC',
  });
  return (instant) => format.format(new Date(instant));
}

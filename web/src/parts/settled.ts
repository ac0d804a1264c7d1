import { useIsFetching } from '@tanstack/react-query';
import { useEffect } from 'react';

/** Charts ask once they are drawn: that long nothing may be asked before all has come. */
const QUIET_MS = 400;

/** Says on the page itself when all that it shows has come, for who makes a PDF of it. */
export function useSettled(): void {
  const asking = useIsFetching();
  useEffect(() => {
    const { dataset } = document.documentElement;
    delete dataset['settled'];
    if (asking > 0) return undefined;
    const timer = setTimeout(() => {
      dataset['settled'] = 'yes';
    }, QUIET_MS);
    return () => clearTimeout(timer);
  }, [asking]);
}

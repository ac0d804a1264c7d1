import { Link, Navigate, Outlet, useLocation, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { ReactNode } from 'react';
import { useAnswer } from '../api.ts';
import { useReading } from '../language.tsx';
import { OF_CRITERIA, OF_DATA } from '../search.ts';
import { AsOfChoice, AsOfNotice } from './as-of.tsx';
import { EmptyWorkspace, Failure, Nothing, Skeleton } from './states.tsx';
import { NewVersionNotice } from './script-missing.tsx';
import { CommandPalette } from './command-palette.tsx';
import { useSettled } from './settled.ts';
import { SCREENS } from './screens.ts';
import { chooseTheme, THEMES, useTheme } from './theme.ts';
import { Tips } from './tips.tsx';
import { TourGate } from './tour-gate.tsx';
import { FilterBar } from './filter-bar.tsx';

const DATA = SCREENS.find(({ to }) => to === '/data');

/** What stands around every screen: where one is, what is asked, how it is read. */
export function Shell(): ReactNode {
  const { t, language, setLanguage } = useReading();
  const theme = useTheme();
  const status = useAnswer('status');
  const pathname = useLocation({ select: (location) => location.pathname });
  const asOf = useSearch({ strict: false, select: (state) => state.as_of });
  const handoff = useSearch({ strict: false, select: (state) => state.handoff });
  const isOfData = /^\/(?:data|identity)(?:\/|$)/.test(pathname);
  const screen = isOfData
    ? DATA
    : SCREENS.find(({ to }) => (to === '/' ? pathname === '/' : pathname.startsWith(to)));
  const title = [screen && t(screen.label), status.data?.name, 'Tregua'].filter(Boolean).join(' · ');
  const screens = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = title;
    // On a phone the screens scroll: the one that is shown stays in sight. With the next frame, which measures anyway.
    const frame = requestAnimationFrame(() => {
      const shown = screens.current?.querySelector('[aria-current]');
      shown?.scrollIntoView({ inline: 'center', block: 'nearest' });
    });
    return () => cancelAnimationFrame(frame);
  }, [title]);
  const handsOver = pathname === '/handoffs' || (pathname === '/leads' && handoff !== undefined);
  useSettled();
  const isShared = pathname.startsWith('/s/');
  const hasFilters =
    screen !== undefined &&
    !isShared &&
    !isOfData &&
    pathname !== '/agreement' &&
    !/^\/leads\/./.test(pathname);
  return (
    <>
      <a className="skip" href="#content">
        {t('nav.skip')}
      </a>
      <header className="top">
        <Link to="/" search={(before) => ({ ...before, ...OF_CRITERIA, ...OF_DATA })} className="mark">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M4 6h24l-9 12H13z" className="fill-marketing" />
            <path d="M13 18h6v8h-6z" className="fill-sales" />
          </svg>
          <span>Tregua</span>
        </Link>
        {isShared ? (
          <span className="grow" />
        ) : (
          <nav ref={screens} aria-label={t('nav.screens')}>
            {SCREENS.map(({ to, label }) => (
              <Link
                key={to}
                to={to}
                search={(before) => ({ ...before, ...OF_CRITERIA, ...OF_DATA })}
                activeOptions={{ exact: to === '/', includeSearch: false }}
                {...(isOfData && to === '/data' ? { 'aria-current': 'page' as const } : {})}
              >
                {t(label)}
              </Link>
            ))}
          </nav>
        )}
        <div className="reading">
          {!isShared && <CommandPalette />}
          <label>
            <span className="unseen">{t('nav.language')}</span>
            <select
              value={language}
              onChange={(event) => setLanguage(event.target.value === 'en' ? 'en' : 'es')}
            >
              <option value="es">Español</option>
              <option value="en">English</option>
            </select>
          </label>
          <label>
            <span className="unseen">{t('nav.theme')}</span>
            <select
              value={theme}
              onChange={(event) =>
                chooseTheme(THEMES.find((each) => each === event.target.value) ?? 'system')
              }
            >
              {THEMES.map((each) => (
                <option key={each} value={each}>
                  {t(`theme.${each}`)}
                </option>
              ))}
            </select>
          </label>
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <NewVersionNotice />
        <AsOfNotice status={status.data} />
        {status.error ? (
          <Failure error={status.error} retry={() => void status.refetch()} />
        ) : status.data === undefined ? (
          <Skeleton lines={6} />
        ) : (
          <>
            {status.data.notices.map((notice) => (
              <output key={notice} className="notice">
                {notice}
              </output>
            ))}
            {status.data.empty && pathname !== '/agreement' && !isOfData ? (
              asOf === undefined && pathname === '/' ? (
                <Navigate to="/data/import" search={{}} replace />
              ) : asOf === undefined ? (
                <EmptyWorkspace name={status.data.name} />
              ) : (
                <>
                  <div className="filters">
                    <AsOfChoice />
                  </div>
                  <Nothing>{t('as_of.nothing')}</Nothing>
                </>
              )
            ) : (
              <>
                {hasFilters && (
                  <FilterBar
                    status={status.data}
                    compares={pathname === '/' || pathname === '/reports' || pathname === '/breakdowns'}
                    handsOver={handsOver}
                  />
                )}
                <Outlet />
                {!isShared && <TourGate />}
                <Tips />
              </>
            )}
          </>
        )}
      </main>
    </>
  );
}

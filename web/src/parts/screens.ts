/** The screens in their order, each with its name and the key that follows `g`. */
export const SCREENS = [
  { to: '/', label: 'nav.panorama', key: 'p' },
  { to: '/breakdowns', label: 'nav.breakdowns', key: 'd' },
  { to: '/handoffs', label: 'nav.handoffs', key: 'e' },
  { to: '/leads', label: 'nav.leads', key: 'l' },
  { to: '/agreement', label: 'nav.agreement', key: 'a' },
  { to: '/data', label: 'nav.data', key: 'x' },
  { to: '/reports', label: 'nav.reports', key: 'i' },
] as const;

/** Parts of a screen that are found by their names as well. */
export const PARTS = [
  { to: '/data/import', label: 'nav.import' },
  { to: '/data/rejects', label: 'nav.rejects' },
  { to: '/data/connections', label: 'nav.connections' },
  { to: '/identity', label: 'nav.identity' },
] as const;

/** The screens in their order, each with its name and the key that follows `g`. */
export const SCREENS = [
  { to: '/', label: 'nav.panorama', key: 'p' },
  { to: '/breakdowns', label: 'nav.breakdowns', key: 'd' },
  { to: '/handoffs', label: 'nav.handoffs', key: 'e' },
  { to: '/leads', label: 'nav.leads', key: 'l' },
  { to: '/identity', label: 'nav.identity', key: 'i' },
  { to: '/agreement', label: 'nav.agreement', key: 'a' },
  { to: '/reports', label: 'nav.reports', key: 'i' },
] as const;

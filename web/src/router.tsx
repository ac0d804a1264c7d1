import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { Shell } from './parts/shell.tsx';
import { search } from './search.ts';
import { AgreementScreen } from './screens/agreement.tsx';
import { BreakdownsScreen } from './screens/breakdowns.tsx';
import { HandoffsScreen } from './screens/handoffs.tsx';
import { LeadScreen } from './screens/lead.tsx';
import { LeadsScreen } from './screens/leads.tsx';
import { ReportsScreen } from './screens/reports.tsx';
import { SharedScreen } from './screens/shared.tsx';
import { PanoramaScreen } from './screens/panorama.tsx';

const root = createRootRoute({ component: Shell, validateSearch: search });

const routes = [
  createRoute({ getParentRoute: () => root, path: '/', component: PanoramaScreen }),
  createRoute({ getParentRoute: () => root, path: '/breakdowns', component: BreakdownsScreen }),
  createRoute({ getParentRoute: () => root, path: '/handoffs', component: HandoffsScreen }),
  createRoute({ getParentRoute: () => root, path: '/leads', component: LeadsScreen }),
  createRoute({ getParentRoute: () => root, path: '/leads/$id', component: LeadScreen }),
  createRoute({
    getParentRoute: () => root,
    path: '/data',
    component: lazyRouteComponent(() => import('./data/sources.tsx'), 'SourcesScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/data/import',
    component: lazyRouteComponent(() => import('./data/import.tsx'), 'ImportScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/data/rejects',
    component: lazyRouteComponent(() => import('./data/rejects.tsx'), 'RejectsScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/data/connections',
    component: lazyRouteComponent(() => import('./data/connections.tsx'), 'ConnectionsScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/identity',
    component: lazyRouteComponent(() => import('./data/identity.tsx'), 'IdentityScreen'),
  }),
  createRoute({ getParentRoute: () => root, path: '/agreement', component: AgreementScreen }),
  createRoute({ getParentRoute: () => root, path: '/reports', component: ReportsScreen }),
  createRoute({ getParentRoute: () => root, path: '/s/$token', component: SharedScreen }),
] as const;

export const router = createRouter({ routeTree: root.addChildren(routes), scrollRestoration: true });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

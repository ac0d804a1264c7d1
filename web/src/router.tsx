import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { importing, ScreenFailure } from './parts/script-missing.tsx';
import { Shell } from './parts/shell.tsx';
import { NotFound } from './parts/states.tsx';
import { readSearch } from './search.ts';
import { PanoramaScreen } from './screens/panorama.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, validateSearch: readSearch });

const routes = [
  createRoute({ getParentRoute: () => root, path: '/', component: PanoramaScreen }),
  createRoute({
    getParentRoute: () => root,
    path: '/breakdowns',
    component: lazyRouteComponent(
      importing(() => import('./screens/breakdowns.tsx')),
      'BreakdownsScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/handoffs',
    component: lazyRouteComponent(
      importing(() => import('./screens/handoffs.tsx')),
      'HandoffsScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/leads',
    component: lazyRouteComponent(
      importing(() => import('./screens/leads.tsx')),
      'LeadsScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/leads/$id',
    component: lazyRouteComponent(
      importing(() => import('./screens/lead.tsx')),
      'LeadScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/data',
    component: lazyRouteComponent(
      importing(() => import('./data/sources.tsx')),
      'SourcesScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/data/import',
    component: lazyRouteComponent(
      importing(() => import('./data/import.tsx')),
      'ImportScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/data/rejects',
    component: lazyRouteComponent(
      importing(() => import('./data/rejects.tsx')),
      'RejectsScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/data/connections',
    component: lazyRouteComponent(
      importing(() => import('./data/connections.tsx')),
      'ConnectionsScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/identity',
    component: lazyRouteComponent(
      importing(() => import('./data/identity.tsx')),
      'IdentityScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/agreement',
    component: lazyRouteComponent(
      importing(() => import('./screens/agreement.tsx')),
      'AgreementScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/reports',
    component: lazyRouteComponent(
      importing(() => import('./screens/reports.tsx')),
      'ReportsScreen',
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/s/$token',
    component: lazyRouteComponent(
      importing(() => import('./screens/shared.tsx')),
      'SharedScreen',
    ),
  }),
] as const;

// Who points at a way to another screen has it fetched: by the press it is there.
export const router = createRouter({
  routeTree: root.addChildren(routes),
  scrollRestoration: true,
  defaultPreload: 'intent',
  defaultErrorComponent: ScreenFailure,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { Shell } from './parts/shell.tsx';
import { search } from './search.ts';
import { AgreementScreen } from './screens/agreement.tsx';
import { BreakdownsScreen } from './screens/breakdowns.tsx';
import { HandoffsScreen } from './screens/handoffs.tsx';
import { IdentityScreen } from './screens/identity.tsx';
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
  createRoute({ getParentRoute: () => root, path: '/identity', component: IdentityScreen }),
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

import { identityEs } from '../../../locales/es/identity.ts';
import { measureEs } from '../../../locales/es/measure.ts';
import { webEs } from '../../../locales/es/web.ts';

export const catalogues = [measureEs, identityEs, webEs] as const;

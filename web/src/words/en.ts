import { identityEn } from '../../../locales/en/identity.ts';
import { measureEn } from '../../../locales/en/measure.ts';
import { webEn } from '../../../locales/en/web.ts';

export const catalogues = [measureEn, identityEn, webEn] as const;

import { ruleEn } from './en/rule.ts';
import { agreementEn } from './en/agreement.ts';
import { differenceEn } from './en/difference.ts';
import { ingestEn } from './en/ingest.ts';
import { loadEn } from './en/load.ts';
import { storeEn } from './en/store.ts';
import { measureEn } from './en/measure.ts';
import { serverEn } from './en/server.ts';
import { cliEn } from './en/cli.ts';
import { liveEn } from './en/live.ts';
import { identityEn } from './en/identity.ts';
import { ruleEs } from './es/rule.ts';
import { agreementEs } from './es/agreement.ts';
import { differenceEs } from './es/difference.ts';
import { ingestEs } from './es/ingest.ts';
import { loadEs } from './es/load.ts';
import { storeEs } from './es/store.ts';
import { measureEs } from './es/measure.ts';
import { serverEs } from './es/server.ts';
import { cliEs } from './es/cli.ts';
import { liveEs } from './es/live.ts';
import { identityEs } from './es/identity.ts';

export const languages = ['es', 'en'] as const;

type Catalogue = Readonly<Record<string, string>>;

/** All messages of the program in a language, but those of the pages. */
export function catalogues(language: (typeof languages)[number]): readonly Catalogue[] {
  return language === 'es'
    ? [
        ruleEs,
        agreementEs,
        differenceEs,
        ingestEs,
        loadEs,
        storeEs,
        measureEs,
        serverEs,
        cliEs,
        liveEs,
        identityEs,
      ]
    : [
        ruleEn,
        agreementEn,
        differenceEn,
        ingestEn,
        loadEn,
        storeEn,
        measureEn,
        serverEn,
        cliEn,
        liveEn,
        identityEn,
      ];
}

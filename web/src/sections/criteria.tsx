import type { UseQueryResult } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { CriteriaAnswer, MissingDatum } from '../../../src/core/measures/criteria-answer.ts';
import {
  criterionFindings,
  datumName,
  missingCounts,
  missingFinding,
} from '../../../src/core/measures/criterion-words.ts';
import type { CriterionReader } from '../../../src/core/measures/criterion-words.ts';
import { useAnswer } from '../api.ts';
import { CriteriaTable } from '../charts/criteria-table.tsx';
import { ResultBar } from '../charts/result-bar.tsx';
import { useReading } from '../language.tsx';
import { Failure, Skeleton } from '../parts/states.tsx';
import type { View } from '../parts/use-view.ts';
import { Link } from '../parts/link.tsx';

export type Strength = UseQueryResult<CriteriaAnswer>;

/** What the leads of all the data say of the criteria: its own question, so that the agreement never waits. */
export function useStrength(view: View | null): Strength {
  return useAnswer('criteria', {}, view !== null && !view.status.empty);
}

function useCriterionReader(view: View): CriterionReader {
  const { t, language } = useReading();
  return {
    language,
    translate: t,
    format: view.format,
    stage: (id) => view.stage(id),
    area: (id) => view.area(id),
    field: (name) => view.agreement.fields.find((field) => field.name === name)?.label ?? name,
  };
}

/** Of which leads the criteria were measured, and all of them as a table; or why there is nothing. */
export function StrengthIntro({
  strength,
  view,
}: {
  readonly strength: Strength;
  readonly view: View;
}): ReactNode {
  const { t, language } = useReading();
  const [asTable, setAsTable] = useState(false);
  if (view.agreement.stages.every((stage) => stage.criteria.length === 0)) return null;
  if (view.status.empty) {
    return (
      <section className="strength-intro">
        <p className="explains">{t('strength.empty')}</p>
        <p>
          <Link className="button near" to="/data/import" search={{}}>
            {t('nav.import')}
          </Link>
        </p>
      </section>
    );
  }
  if (strength.error) return <Failure error={strength.error} retry={() => void strength.refetch()} />;
  const answer = strength.data;
  if (answer === undefined) return null;
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const text = (date: string): string => day.format(new Date(`${date}T00:00:00Z`));
  return (
    <section className="strength-intro" aria-label={t('strength.title')}>
      <div className="asked">
        <p className="explains">
          {t('strength.explained', { from: text(answer.range.from), to: text(answer.range.to) })}
        </p>
        <button type="button" className="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {t(asTable ? 'strength.without_table' : 'chart.as_table')}
        </button>
      </div>
      {asTable && <CriteriaTable answer={answer} view={view} />}
    </section>
  );
}

/** A criterion's bar, its verdict and why. */
export function CriterionStrength({
  strength,
  stage,
  criterion,
  view,
}: {
  readonly strength: Strength;
  readonly stage: string;
  readonly criterion: string;
  readonly view: View;
}): ReactNode {
  const reader = useCriterionReader(view);
  if (strength.isLoading) return <Skeleton lines={1} />;
  const answer = strength.data;
  const found = answer?.stages
    .find((each) => each.id === stage)
    ?.criteria.find((each) => each.id === criterion);
  if (answer === undefined || found === undefined) return null;
  return (
    <div className={`strength ${found.verdict}`}>
      <ResultBar answer={answer} stage={stage} criterion={found} view={view} />
      <p>
        <strong className="verdict">{reader.translate(`criterion.verdict.${found.verdict}`)}.</strong>{' '}
        {criterionFindings(found, answer.sale, reader).join(' ')}
      </p>
    </div>
  );
}

/** What is missing at a stage, with what it costs and who owes it. */
export function MissingData({
  strength,
  stage: id,
  view,
}: {
  readonly strength: Strength;
  readonly stage: string;
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  const reader = useCriterionReader(view);
  const answer = strength.data;
  const stage = answer?.stages.find((each) => each.id === id);
  if (answer === undefined || stage === undefined || stage.missing.length === 0) return null;
  return (
    <section className="missing" aria-label={`${view.stage(id)}: ${t('strength.missing')}`}>
      <h3>{t('strength.missing')}</h3>
      <ul>
        {stage.missing.map((datum) => (
          <li key={datum.key}>
            <strong>{datumName(datum, reader)}</strong>:{' '}
            <Counts datum={datum} stage={id} answer={answer} reader={reader} />.{' '}
            {missingFinding(datum, stage, answer.sale, reader)}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Counts({
  datum,
  stage,
  answer,
  reader,
}: {
  readonly datum: MissingDatum;
  readonly stage: string;
  readonly answer: CriteriaAnswer;
  readonly reader: CriterionReader;
}): ReactNode {
  const [leads, alone] = missingCounts(datum, reader);
  const { from, to } = answer.range;
  const missing = `${stage}.${datum.key}`;
  return (
    <>
      <Link to="/leads" search={{ from, to, missing }}>
        {leads}
      </Link>
      {'; '}
      {datum.alone === 0 ? (
        alone
      ) : (
        <Link to="/leads" search={{ from, to, missing, alone: 'yes' }}>
          {alone}
        </Link>
      )}
    </>
  );
}

import type { ReactNode } from 'react';
import type { CriteriaAnswer, CriterionAnswer } from '../../../src/core/measures/criteria-answer.ts';
import { differenceText } from '../../../src/core/measures/criterion-words.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';
import { Scroll } from '../parts/scroll.tsx';
import { Link } from '../parts/link.tsx';

const RESULTS = ['pass', 'fail', 'unknown'] as const;

/** Every criterion in numbers: the leads of each answer, how many of them were sold, and the difference. */
export function CriteriaTable({
  answer,
  view,
}: {
  readonly answer: CriteriaAnswer;
  readonly view: View;
}): ReactNode {
  const { t } = useReading();
  const sale = view.stage(answer.sale);
  const labels = new Map<string, string>(
    view.agreement.stages.flatMap((stage) =>
      stage.criteria.map((each) => [`${stage.id}.${each.id}`, each.label] as const),
    ),
  );
  return (
    <Scroll>
      <table className="strengths">
        <thead>
          <tr>
            <th scope="col">{t('criterion.column.criterion')}</th>
            {RESULTS.map((result) => (
              <th key={result} scope="col" colSpan={2}>
                {t('strength.column', { result: t(`criterion.result.${result}`), sale })}
              </th>
            ))}
            <th scope="col">{t('criterion.column.difference')}</th>
            <th scope="col">{t('strength.verdict')}</th>
          </tr>
        </thead>
        <tbody>
          {answer.stages.flatMap((stage) =>
            stage.criteria.map((criterion) => {
              const name = `${stage.id}.${criterion.id}`;
              return (
                <tr key={name} className={criterion.verdict === 'not_enough' ? 'small' : ''}>
                  <th scope="row">
                    {labels.get(name) ?? criterion.id}
                    <small>{view.stage(stage.id)}</small>
                  </th>
                  {RESULTS.map((result) => (
                    <Side
                      key={result}
                      answer={answer}
                      name={name}
                      result={result}
                      criterion={criterion}
                      view={view}
                    />
                  ))}
                  <td className="number">
                    {differenceText(criterion, { translate: t, format: view.format })}
                  </td>
                  <td>{t(`criterion.verdict.${criterion.verdict}`)}</td>
                </tr>
              );
            }),
          )}
        </tbody>
      </table>
    </Scroll>
  );
}

function Side({
  answer,
  name,
  result,
  criterion,
  view,
}: {
  readonly answer: CriteriaAnswer;
  readonly name: string;
  readonly result: (typeof RESULTS)[number];
  readonly criterion: CriterionAnswer;
  readonly view: View;
}): ReactNode {
  const { leads, sales, rate } = criterion[result];
  const { from, to } = answer.range;
  const search = { from, to, criterion: name, result };
  return (
    <>
      <td className="number">
        {leads === 0 ? (
          0
        ) : (
          <Link to="/leads" search={search}>
            {view.format.count(leads)}
          </Link>
        )}
      </td>
      <td className="number">
        {sales === 0 ? (
          0
        ) : (
          <Link to="/leads" search={{ ...search, sold: 'yes' }}>
            {view.format.count(sales)}
          </Link>
        )}{' '}
        <small>{view.format.percent(rate.rate)}</small>
      </td>
    </>
  );
}

import { useState } from 'react';
import type { ReactNode } from 'react';
import type { ChangesAnswer, StepGroup } from '../../../src/core/measures/changes-answer.ts';
import { groupText } from '../../../src/core/measures/group-text.ts';
import type { ChangeNames } from '../../../src/core/measures/changes-words.ts';
import { useAnswer } from '../api.ts';
import type { Parameters } from '../../../src/core/measures/screen-question.ts';
import { Failure, Skeleton } from '../parts/states.tsx';
import { Scroll } from '../parts/scroll.tsx';

/** A step by each dimension: whether its groups went better or worse, or other leads came; one of them opened. */
export function StepDetail({
  answer,
  stage,
  question,
  names,
}: {
  readonly answer: ChangesAnswer;
  readonly stage: string;
  readonly question: Parameters;
  readonly names: ChangeNames;
}): ReactNode {
  const { translate, format } = names;
  const [chosen, setChosen] = useState<string | null>(null);
  const steps = answer.steps
    .filter((step) => step.stage === stage)
    .toSorted((left, right) => Math.abs(right.mix_effect) - Math.abs(left.mix_effect));
  const [first] = steps;
  if (first === undefined) return <p className="explains">{translate('changes.no_dimension')}</p>;
  return (
    <div className="step-detail">
      <h3>
        {names.stage(first.of)} → {names.stage(stage)}: {format.points(first.after - first.before)}{' '}
        {translate('changes.points')}
      </h3>
      <Scroll>
        <table>
          <thead>
            <tr>
              <th scope="col">{translate('changes.by')}</th>
              <th scope="col" className="number">
                {translate('changes.by_rate')}
              </th>
              <th scope="col" className="number">
                {translate('changes.by_mix')}
              </th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <tr key={step.dimension}>
                <th scope="row">
                  <button
                    type="button"
                    className="link"
                    aria-expanded={chosen === step.dimension}
                    onClick={() => setChosen(chosen === step.dimension ? null : step.dimension)}
                  >
                    {names.dimension(step.dimension)}
                  </button>
                  {step.reverses && <small> {translate('changes.reverses')}</small>}
                </th>
                <td className="number">{format.points(step.rate_effect)}</td>
                <td className="number">{format.points(step.mix_effect)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      {chosen !== null && (
        <Groups key={chosen} dimension={chosen} stage={stage} question={question} names={names} />
      )}
    </div>
  );
}

function Groups({
  dimension,
  stage,
  question,
  names,
}: {
  readonly dimension: string;
  readonly stage: string;
  readonly question: Parameters;
  readonly names: ChangeNames;
}): ReactNode {
  const { translate, format } = names;
  const detail = useAnswer('changes', { ...question, dimension, top: '10' });
  if (detail.error) return <Failure error={detail.error} retry={() => void detail.refetch()} />;
  if (detail.data === undefined) return <Skeleton lines={4} />;
  const { groups, part } = detail.data.steps.find((step) => step.stage === stage) ?? {
    groups: [],
    part: null,
  };
  const rate = ({ from, to }: StepGroup['before']): string => format.percent(from > 0 ? to / from : null);
  return (
    <Scroll>
      <table>
        <caption>{names.dimension(dimension)}</caption>
        <thead>
          <tr>
            <th scope="col">{translate('column.group')}</th>
            {['before', 'after', 'rate_effect', 'mix_effect'].map((name) => (
              <th key={name} scope="col" className="number">
                {translate(`column.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(groups ?? []).map((group) => (
            <tr key={`${group.kind}:${group.value ?? ''}`}>
              <th scope="row">
                {group.kind === 'other'
                  ? translate('changes.others')
                  : groupText(group.kind, group.value, part, translate)}
              </th>
              <td className="number">
                {rate(group.before)} <small>{format.count(group.before.from)}</small>
              </td>
              <td className="number">
                {rate(group.after)} <small>{format.count(group.after.from)}</small>
              </td>
              <td className="number">{format.points(group.rate_effect)}</td>
              <td className="number">{format.points(group.mix_effect)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

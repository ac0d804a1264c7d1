import type { ReactNode } from 'react';
import { groupText } from '../../../src/core/measures/group-text.ts';
import { useReading } from '../language.tsx';
import type { Search } from '../search.ts';
import type { View } from './use-view.ts';

/** The part of the calendar that a dimension is, if it is one. */
function partOf(dimension: string | undefined, { dimensions }: View['agreement']): string | null {
  const declared = dimensions.find(({ id }) => id === dimension);
  return declared === undefined ? (dimension ?? null) : declared.part;
}

/** Which criterion, datum or hand-over these leads were listed for. */
export function OfCriteria({
  state,
  view,
  clear,
}: {
  readonly state: Search;
  readonly view: View;
  readonly clear: () => void;
}): ReactNode {
  const { t, language } = useReading();
  const texts = criteriaTexts(state, view, t, language);
  if (texts.length === 0) return null;
  return (
    <ul className="chips" aria-label={t('leads.of_criteria')}>
      <li>
        <button type="button" onClick={clear}>
          {texts.join(' · ')} <span aria-hidden="true">×</span>
          <span className="unseen">{t('filters.remove')}</span>
        </button>
      </li>
    </ul>
  );
}

function criteriaTexts(
  { unreached, criterion, result, missing, alone, sold, handoff, answer, by, group }: Search,
  { agreement }: View,
  t: ReturnType<typeof useReading>['t'],
  language: string,
): readonly string[] {
  const [stageId, part = ''] = (criterion ?? missing ?? '').split('.');
  const stage = agreement.stages.find((each) => each.id === stageId);
  const label = stage?.criteria.find((each) => each.id === part)?.label ?? part;
  const fields = part
    .split('+')
    .map((name) => agreement.fields.find((field) => field.name === name)?.label ?? name);
  return [
    ...(unreached === undefined
      ? []
      : [
          t('leads.unreached', {
            stage: agreement.stages.find((each) => each.id === unreached)?.label ?? unreached,
          }),
        ]),
    ...(criterion === undefined
      ? []
      : [t('leads.criterion', { result: result ?? 'asked', criterion: label, stage: stage?.label ?? '' })]),
    ...(missing === undefined
      ? []
      : [
          t('leads.missing', {
            datum: part === '' ? 'any' : part.startsWith('@') ? part.slice(1) : 'field',
            fields: new Intl.ListFormat(language, { type: 'disjunction' }).format(fields),
            stage: stage?.label ?? '',
            alone: alone ?? 'no',
          }),
        ]),
    ...(handoff === undefined
      ? []
      : [
          t('leads.handoff', {
            handoff: agreement.handoffs.find((each) => each.id === handoff)?.label ?? handoff,
            answer: answer === undefined ? '' : t(`handoffs.answer.${answer}`).toLocaleLowerCase(language),
            known: answer === undefined ? 'no' : 'yes',
          }),
          ...(group === undefined
            ? []
            : [groupText(group === '' ? 'missing' : 'value', group, partOf(by, agreement), t)]),
        ]),
    ...(sold === undefined ? [] : [t(`leads.sold.${sold}`)]),
  ];
}

import type { Agreement } from '../../../core/agreement/agreement.ts';
import { criterionPlaces } from '../../../core/agreement/criterion-places.ts';
import { warning } from '../../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../../core/diagnostic/diagnostic.ts';
import type { CriteriaAnswer } from '../../../core/measures/criteria-answer.ts';
import {
  criterionFindings,
  datumName,
  missingCounts,
  missingFinding,
} from '../../../core/measures/criterion-words.ts';
import type { Terminal } from '../terminal.ts';
import { criterionLabel, criterionReader } from './criteria.ts';

/**
 * What the data say against an agreement: each criterion that is lax or strict, at its place in the text, and
 * each datum that keeps leads out.
 */
export function criteriaWarnings(
  answer: CriteriaAnswer,
  agreement: Agreement,
  text: { readonly name: string; readonly text: string },
  terminal: Terminal,
): readonly Diagnostic[] {
  const reader = criterionReader(terminal, agreement);
  const places = criterionPlaces(text.text, text.name);
  return answer.stages.flatMap((stage) => [
    ...stage.criteria.flatMap((criterion) => {
      const { verdict } = criterion;
      if (verdict !== 'lax' && verdict !== 'strict') return [];
      const values = {
        criterion: criterionLabel(agreement, stage.id, criterion.id, terminal),
        stage: reader.stage(stage.id),
        finding: criterionFindings(criterion, answer.sale, reader).join(' '),
      };
      return [warning(`criteria.${verdict}`, values, places.get(`${stage.id}.${criterion.id}`))];
    }),
    ...stage.missing.flatMap((datum) => {
      const cost = missingFinding(datum, stage, answer.sale, reader);
      if (cost === null) return [];
      const values = {
        datum: datumName(datum, reader),
        stage: reader.stage(stage.id),
        count: missingCounts(datum, reader).join('; '),
        cost,
      };
      return [warning('criteria.missing', values)];
    }),
  ]);
}

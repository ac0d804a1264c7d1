import type { Command } from 'commander';
import { Option } from 'commander';
import type { Agreement } from '../../../core/agreement/agreement.ts';
import { labelIn } from '../../../core/agreement/view.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import type { NumberFormat } from '../../../core/diagnostic/numbers.ts';
import { maturityAnswer } from '../../../core/measures/maturity-answer.ts';
import type { MaturityAnswer, MaturityCohort } from '../../../core/measures/maturity-answer.ts';
import { terminalOf } from '../session.ts';
import { bar, fit, table } from '../terminal.ts';
import type { Terminal } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { headline, showNothing } from './headline.ts';
import { addMeasureOptions, askMeasure, questionFrom } from './measure-options.ts';

export const maturityCommand: CommandMaker = (program, translate) => {
  const command = program.command('maturity').description(translate('cli.maturity'));
  addMeasureOptions(command, translate)
    .option('--stages <from,to>', translate('cli.option.stages'))
    .addOption(new Option('--every <unit>', translate('cli.option.every_cohort')).choices(['week', 'month']))
    .action(async (options: Readonly<Record<string, unknown>>, self: Command) => {
      const terminal = terminalOf(self);
      const { stages, every } = options;
      const question = {
        ...questionFrom(options),
        ...(stages === undefined ? {} : { stages }),
        ...(every === undefined ? {} : { every }),
      };
      await askMeasure(self, 'maturity', question, async (value, workspace) => {
        const answer = maturityAnswer.parse(value);
        if (terminal.json) terminal.out(JSON.stringify(answer));
        else if (!(await showNothing(terminal, answer, workspace)))
          showMaturity(terminal, answer, (await workspace.agreement()).agreement);
      });
    });
};

function showMaturity(terminal: Terminal, answer: MaturityAnswer, agreement: Agreement): void {
  const { colours, translate, language } = terminal;
  const format = numberFormat(language, agreement.currency, answer.range.timezone);
  const [from = '', to = ''] = answer.stages.map((id) =>
    labelIn(id, agreement.stages.find((stage) => stage.id === id)?.label ?? {}, language),
  );
  terminal.out(headline(terminal, answer));
  terminal.out('');
  for (const sentence of findings(answer, to, format, terminal)) terminal.out(sentence);
  terminal.out('');
  showCohorts(terminal, answer, [from, to], format);
  const days = answer.reference.horizon_days;
  terminal.out(
    colours.dim(
      answer.total.expected === null || days === null
        ? translate('cli.maturity.no_reference', { leads: answer.reference.leads })
        : translate('cli.maturity.reference', {
            days,
            leads: format.count(answer.reference.leads),
            from: answer.reference.from,
            to: answer.reference.to,
          }),
    ),
  );
}

function findings(
  answer: MaturityAnswer,
  stage: string,
  format: NumberFormat,
  { translate }: Terminal,
): readonly string[] {
  const { young, comparison, compared } = answer;
  const [, half, most] = answer.reference.quantiles;
  const sentences: string[] = [];
  if (young?.rates) {
    sentences.push(
      translate('cli.maturity.young', {
        from: young.from,
        to: young.to,
        stage,
        leads: format.count(young.leads),
        observed: format.percent(young.rates.observed),
        expected: format.percent(young.rates.expected),
        interval: format.interval(young.rates.low, young.rates.high),
      }),
    );
  }
  if (half?.days != null && most?.days != null)
    sentences.push(translate('cli.maturity.speed', { stage, half: half.days, most: most.days }));
  if (compared !== null) {
    sentences.push(
      comparison === null
        ? translate('cli.maturity.no_comparison')
        : translate(comparison.equal_age ? 'cli.maturity.equal_age' : 'cli.maturity.own_age', {
            age: comparison.age_days ?? 0,
            stage,
            from: compared.from,
            to: compared.to,
            now: format.percent(comparison.now.rate),
            before: format.percent(comparison.before.rate),
            difference: format.points(comparison.difference),
            low: format.points(comparison.low),
            high: format.points(comparison.high),
            sure: comparison.low > 0 || comparison.high < 0 ? 'yes' : 'no',
          }),
    );
  }
  return sentences;
}

function showCohorts(
  terminal: Terminal,
  answer: MaturityAnswer,
  [from, to]: readonly [string, string],
  format: NumberFormat,
): void {
  const { colours, translate } = terminal;
  const cells = (name: string, { leads, observed, rates }: MaturityCohort): readonly string[] => [
    name,
    format.count(leads),
    format.count(observed),
    format.percent(rates?.observed ?? null),
    format.percent(rates?.expected ?? null),
    format.interval(rates?.low ?? null, rates?.high ?? null),
  ];
  const all = [...answer.cohorts, answer.total];
  const columns = [
    { title: translate(`every.${answer.every}`), align: 'left' as const },
    ...[from, to, '%', translate('column.expected'), translate('column.interval')].map((title) => ({
      title,
      align: 'right' as const,
    })),
  ];
  const [title = '', ...lines] = table(columns, [
    ...answer.cohorts.map((cohort) => cells(cohort.from, cohort)),
    cells(translate('group.total'), answer.total),
  ]);
  const widest = Math.max(title.length, ...lines.map((line) => line.length));
  const young = translate('cli.maturity.not_mature');
  const room = Math.min(30, terminal.width - widest - 4 - young.length);
  const most = Math.max(0.000_001, ...all.map(({ rates }) => rates?.expected ?? rates?.observed ?? 0));
  terminal.out(colours.dim(title));
  lines.forEach((line, index) => {
    const cohort = all[index];
    const mark = cohort?.mature === false ? young : '';
    const drawn = room >= 6 && cohort ? fit(drawing(cohort, most, room), room) : '';
    const text = `${fit(line, widest)}  ${drawn}  ${mark}`.trimEnd();
    terminal.out(cohort === answer.total ? colours.bold(text) : text);
  });
}

/** What is there, filled, and what is still expected, hatched. */
function drawing({ rates }: MaturityCohort, most: number, room: number): string {
  const observed = bar((rates?.observed ?? 0) / most, room);
  const end = Math.round(((rates?.expected ?? 0) / most) * room);
  return observed + '░'.repeat(Math.max(0, end - observed.length));
}

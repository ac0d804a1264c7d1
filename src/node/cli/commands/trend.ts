import type { Command } from 'commander';
import { Option } from 'commander';
import { labelIn } from '../../../core/agreement/view.ts';
import { trendAnswer } from '../../../core/measures/answer.ts';
import { numberFormat } from '../../../core/diagnostic/numbers.ts';
import { terminalOf } from '../session.ts';
import { bar, fit, table } from '../terminal.ts';
import type { CommandMaker } from './command.ts';
import { headline, showNothing } from './headline.ts';
import { addMeasureOptions, askMeasure, questionFrom } from './measure-options.ts';

export const trendCommand: CommandMaker = (program, translate) => {
  const command = program.command('trend').description(translate('cli.trend'));
  addMeasureOptions(command, translate)
    .addOption(new Option('--every <unit>', translate('cli.option.every')).choices(['day', 'week', 'month']))
    .action(async (options: Readonly<Record<string, unknown>>, self: Command) => {
      const terminal = terminalOf(self);
      const { every } = options;
      const question = { ...questionFrom(options), ...(every === undefined ? {} : { every }) };
      await askMeasure(self, 'trend', question, async (value, workspace) => {
        const answer = trendAnswer.parse(value);
        if (terminal.json) {
          terminal.out(JSON.stringify(answer));
          return;
        }
        if (await showNothing(terminal, answer, workspace)) return;
        const { agreement } = await workspace.agreement();
        const format = numberFormat(terminal.language, agreement.currency, answer.range.timezone);
        terminal.out(headline(terminal, answer));
        terminal.out('');
        const columns = [
          { title: terminal.translate(`every.${answer.every}`), align: 'left' as const },
          ...agreement.stages.map((stage) => ({
            title: labelIn(stage.id, stage.label, terminal.language),
            align: 'right' as const,
          })),
        ];
        const [title = '', ...lines] = table(
          columns,
          answer.points.map((point) => [
            point.from,
            ...answer.stages.map((id) => format.count(point.counts[id] ?? null)),
          ]),
        );
        const last = answer.stages.at(-1) ?? '';
        const most = Math.max(1, ...answer.points.map((point) => point.counts[last] ?? 0));
        const widest = Math.max(title.length, ...lines.map((line) => line.length));
        const room = Math.min(30, terminal.width - widest - 3);
        terminal.out(terminal.colours.dim(title));
        lines.forEach((line, index) => {
          const point = answer.points[index];
          const drawn = room >= 6 ? bar((point?.counts[last] ?? 0) / most, room) : '';
          const text = `${fit(line, widest)}  ${drawn}`.trimEnd();
          const mark =
            point?.complete !== true ? 'incomplete' : point.young?.includes(last) === true ? 'young' : null;
          terminal.out(
            mark === null ? text : terminal.colours.dim(`${text} ${translate(`cli.trend.${mark}`)}`),
          );
        });
      });
    });
};

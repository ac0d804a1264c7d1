import { payloadText } from '../payload-reader.ts';
import { createHash } from 'node:crypto';
import { fault, warning } from '../../../core/diagnostic/diagnostic.ts';
import type { Diagnostic } from '../../../core/diagnostic/diagnostic.ts';
import { FaultError } from '../../../core/diagnostic/errors.ts';
import { changesOf, deliveryPayload, noticedLead } from '../../ingest/records/delivery.ts';
import { JsonFault, parseJson } from '../../ingest/records/json-text.ts';
import type { ServedWorkspace } from '../workspace.ts';
import { deliveryMapping } from './delivery-mapping.ts';
import { graphClient } from './graph-client.ts';
import { MetaRetriever } from './meta-retriever.ts';
import { RetrievalQueue } from './retrieval-queue.ts';
import { SourceStore } from './source-store.ts';
import type { Source } from './source-store.ts';

/** What became of a delivery. */
export interface DeliveryAnswer {
  readonly entry: number | null;
  /** It had come before. */
  readonly known: boolean;
}

/** The sources of a served workspace: what they send is kept before it is answered. */
export class LiveSources {
  readonly sources: SourceStore;
  readonly queue: RetrievalQueue;
  readonly retriever: MetaRetriever;
  readonly #workspace: ServedWorkspace;

  /** @param graph another address than Meta's, for tests */
  constructor(workspace: ServedWorkspace, graph: string | undefined, report: (error: unknown) => void) {
    this.#workspace = workspace;
    this.sources = SourceStore.open(workspace.home);
    this.queue = RetrievalQueue.open(workspace.home);
    this.retriever = new MetaRetriever({
      sources: this.sources,
      queue: this.queue,
      intake: workspace.intake,
      graph: graphClient(graph),
      report,
    });
  }

  /** A form's delivery; durable on return. Throws a `FaultError` where its body is no JSON. */
  async takeDelivery(source: Source, id: string, at: string, body: Uint8Array): Promise<DeliveryAnswer> {
    const text = textOf(body);
    const { agreement } = this.#workspace.intake;
    const mapping = read(() => deliveryMapping(source, agreement, text));
    if (!mapping.ok) throw new FaultError(mapping.faults);
    const { entry, replayed } = await this.#workspace.intake.submit({
      source: source.name,
      name: `webhook ${id}`,
      mapping: mapping.value,
      payload: deliveryPayload({ id, at, body: text }),
      externalId: id,
      isDelivery: true,
    });
    return { entry, known: replayed };
  }

  /** A notice of Meta's: the leads that it names are queued, durably, before it is kept and answered. */
  async takeNotice(source: Source, body: Uint8Array): Promise<DeliveryAnswer> {
    const changes = changesOf(read(() => parseJson(textOf(body))));
    const leads = changes.flatMap((change) => noticedLead(change) ?? []);
    if (leads.length > 0) this.queue.add(source.name, leads, Date.now());
    this.retriever.wake();
    if (changes.length === 0) return { entry: null, known: false };
    const { agreement } = this.#workspace.intake;
    const { entry, replayed } = await this.#workspace.intake.submit({
      source: source.name,
      name: 'notice',
      mapping: {
        source: source.name,
        format: { kind: 'notice', columns: [] },
        isRegular: false,
        isTrimmed: false,
        ascending: null,
        timezone: agreement.timezone,
        dates: 'ymd',
        decimal: '.',
        missing: [],
        records: [],
      },
      payload: body,
      externalId: `notice:${createHash('sha256').update(body).digest('hex')}`,
      isDelivery: true,
    });
    return { entry, known: replayed };
  }

  /** What the operator should mend. */
  notices(): readonly Diagnostic[] {
    return this.sources.sources().flatMap(({ name, problem }) => {
      if (problem === null) return [];
      return [warning(problem, { source: name, waiting: this.queue.count(name, 'waiting') })];
    });
  }

  async close(): Promise<void> {
    await this.retriever.close();
    this.queue.close();
    this.sources.close();
  }
}

function textOf(body: Uint8Array): string {
  try {
    return payloadText(body);
  } catch {
    throw new FaultError([fault('json.encoding')]);
  }
}

function read<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof JsonFault) throw new FaultError([fault(error.code, { detail: error.detail })]);
    throw error;
  }
}

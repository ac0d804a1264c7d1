import { FaultError } from '../../../core/diagnostic/errors.ts';
import { cellText, isJsonObject, jsonText } from '../../ingest/records/json-text.ts';
import { deliveryPayload } from '../../ingest/records/delivery.ts';
import type { Intake } from '../intake.ts';
import { deliveryMapping } from './delivery-mapping.ts';
import type { GraphAccess, GraphClient } from './graph-client.ts';
import { outcomeOf } from './graph-outcome.ts';
import type { GraphOutcome } from './graph-outcome.ts';
import type { Retrieval, RetrievalQueue } from './retrieval-queue.ts';
import type { Source, SourceStore } from './source-store.ts';

const FIELDS =
  'id,created_time,ad_id,ad_name,adset_id,adset_name,campaign_id,campaign_name,form_id,is_organic,platform,field_data';
const AT_ONCE = 8;
const PAGE = 100;
const MOST_PAGES = 10_000;

const SECOND = 1000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Between attempts: five seconds, then twice as long each time, at most an hour. */
const FIRST_PAUSE = 5 * SECOND;
/** A lead that is not there may be one that is not there yet. */
const MOST_GONE_ATTEMPTS = 3;
/** Meta drops what it could not deliver for 36 hours: the forms themselves are looked through this often. */
const RECONCILE_EVERY = 6 * HOUR;
/** Leads can be fetched for 90 days. */
const KEPT = 90 * DAY;

interface RetrieverContext {
  readonly sources: SourceStore;
  readonly queue: RetrievalQueue;
  readonly intake: Intake;
  readonly graph: GraphClient;
  report(error: unknown): void;
}

/**
 * Fetches the leads that Meta's notices name, and those of which no notice came: in a queue that outlives the
 * process, slower where Meta asks for it, not at all while the token is not in force.
 */
export class MetaRetriever {
  readonly #context: RetrieverContext;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> | null = null;
  /** Until it is started it does only what it is told to. */
  #isOver = true;
  #isClosing = false;

  constructor(context: RetrieverContext) {
    this.#context = context;
  }

  /** Looks for work from now on, by itself. */
  start(): void {
    this.#isOver = false;
    this.wake();
  }

  /** Looks for work at once, where it was started. */
  wake(): void {
    if (this.#isOver || this.#running !== null) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#running = this.#round().finally(() => {
      this.#running = null;
      if (this.#isOver) return;
      // What waits is few, and the operator's mends come by the file: a look now and then costs nothing.
      this.#timer = setTimeout(() => this.wake(), SECOND);
      this.#timer.unref();
    });
  }

  async close(): Promise<void> {
    this.#isOver = true;
    this.#isClosing = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  async #round(): Promise<void> {
    for (const source of this.#context.sources.sources()) {
      if (source.kind !== 'meta') continue;
      try {
        await this.run(source, Date.now());
      } catch (error) {
        this.#context.report(error);
      }
    }
  }

  /** Does all that is due of a source at an instant (milliseconds since 1970). */
  async run(source: Source, now: number): Promise<void> {
    const { sources, queue } = this.#context;
    const access = this.#accessOf(source);
    if (access === null || source.problem !== null || sources.pausedUntil(source.name) > now) return;
    for (;;) {
      const due = queue.due(source.name, now, AT_ONCE);
      if (this.#isClosing) return;
      if (due.length === 0) break;
      const went = await Promise.all(due.map((retrieval) => this.#fetch(source, retrieval, access, now)));
      if (went.includes(false)) return;
    }
    if (now - sources.reconciledAt(source.name) >= RECONCILE_EVERY)
      await this.#reconcile(source, access, now);
  }

  #accessOf({ name }: Source): GraphAccess | null {
    const [token] = this.#context.sources.secrets(name, 'access');
    const [appSecret] = this.#context.sources.secrets(name, 'app');
    return token === undefined || appSecret === undefined ? null : { token, appSecret };
  }

  async #ask(
    path: string,
    parameters: Readonly<Record<string, string>>,
    access: GraphAccess,
  ): Promise<GraphOutcome> {
    try {
      return outcomeOf(await this.#context.graph.get(path, parameters, access));
    } catch (error) {
      return { kind: 'failed', detail: error instanceof Error ? error.message : String(error) };
    }
  }

  /** @returns false where nothing more of the source can be fetched for now */
  async #fetch(
    source: Source,
    { lead, attempts }: Retrieval,
    access: GraphAccess,
    now: number,
  ): Promise<boolean> {
    const { queue } = this.#context;
    const outcome = await this.#ask(lead, { fields: FIELDS }, access);
    const pause = Math.min(FIRST_PAUSE * 2 ** Math.min(attempts, 20), HOUR);
    switch (outcome.kind) {
      case 'found':
        await this.#take(source, lead, outcome.body, now);
        queue.end(source.name, lead, 'done');
        return true;
      case 'gone':
        if (attempts + 1 >= MOST_GONE_ATTEMPTS) queue.end(source.name, lead, 'gone', outcome.detail);
        else queue.again(source.name, lead, now + pause, outcome.detail);
        return true;
      case 'failed':
        queue.again(source.name, lead, now + pause, outcome.detail);
        return true;
      case 'busy':
      case 'refused':
        queue.again(source.name, lead, now, outcome.detail);
        this.#stop(source, outcome, pause, now);
        return false;
    }
  }

  #stop(
    source: Source,
    outcome: Extract<GraphOutcome, { kind: 'busy' | 'refused' }>,
    pause: number,
    now: number,
  ): void {
    const { sources } = this.#context;
    if (outcome.kind === 'busy')
      sources.pause(source.name, now + (outcome.waitMs ?? Math.max(pause, 60 * SECOND)), null);
    else sources.pause(source.name, 0, outcome.problem);
    // What came meanwhile and was dropped is looked for once it goes on.
    sources.setReconciled(source.name, Math.min(sources.reconciledAt(source.name), now - RECONCILE_EVERY));
  }

  async #take(source: Source, lead: string, body: string, now: number): Promise<void> {
    const { agreement } = this.#context.intake;
    const mapping = deliveryMapping(source, agreement, body);
    if (!mapping.ok) throw new FaultError(mapping.faults);
    await this.#context.intake.submit({
      source: source.name,
      name: `lead ${lead}`,
      mapping: mapping.value,
      payload: deliveryPayload({ id: lead, at: new Date(now).toISOString(), body }),
      externalId: lead,
      isDelivery: true,
    });
  }

  /** Looks through each form for leads of which no notice came. */
  async #reconcile(source: Source, access: GraphAccess, now: number): Promise<void> {
    const { sources, queue } = this.#context;
    const since = Math.max(sources.reconciledAt(source.name) - DAY, now - KEPT);
    for (const form of queue.forms(source.name)) {
      let after: string | null = null;
      for (let page = 0; page < MOST_PAGES && !this.#isClosing; page += 1) {
        const outcome: GraphOutcome = await this.#ask(
          `${form}/leads`,
          {
            fields: FIELDS,
            limit: String(PAGE),
            filtering: JSON.stringify([
              { field: 'time_created', operator: 'GREATER_THAN', value: Math.floor(since / SECOND) },
            ]),
            ...(after === null ? {} : { after }),
          },
          access,
        );
        if (outcome.kind === 'busy' || outcome.kind === 'refused') {
          this.#stop(source, outcome, 60 * SECOND, now);
          return;
        }
        // A form that is gone has no leads to miss; any other failure is tried again at the next round.
        if (outcome.kind === 'gone') break;
        if (outcome.kind === 'failed') {
          sources.pause(source.name, now + 60 * SECOND, null);
          return;
        }
        await this.#takePage(source, form, outcome.value, now);
        after = nextCursor(outcome.value);
        if (after === null) break;
      }
    }
    if (!this.#isClosing) sources.setReconciled(source.name, now);
  }

  async #takePage(
    source: Source,
    form: string,
    page: Readonly<Record<string, unknown>>,
    now: number,
  ): Promise<void> {
    const leads: readonly unknown[] = Array.isArray(page['data']) ? page['data'] : [];
    for (const lead of leads) {
      const id = isJsonObject(lead) ? cellText(lead['id']) : null;
      if (id === null || this.#context.queue.isDone(source.name, id)) continue;
      await this.#take(source, id, jsonText(lead), now);
      this.#context.queue.note(source.name, id, form);
    }
  }
}

/** The cursor of the page after; its address is never followed as it stands. */
function nextCursor(page: Readonly<Record<string, unknown>>): string | null {
  const paging = isJsonObject(page['paging']) ? page['paging'] : {};
  const cursors = isJsonObject(paging['cursors']) ? paging['cursors'] : {};
  return paging['next'] === undefined ? null : cellText(cursors['after']);
}

import { expect, test, vi } from 'vitest';
import { funnelOf, inOrder, load, makeHome, open, rowsOf } from './taps.ts';

vi.setConfig({ testTimeout: 120_000 });

/** The mappings that come with the program, on messages in the shape of the taps' own. */

function schema(stream: string, key: readonly string[], record: object): object {
  const properties = Object.fromEntries(Object.keys(record).map((name) => [name, {}]));
  return { type: 'SCHEMA', stream, key_properties: key, schema: { type: 'object', properties } };
}

function record(stream: string, value: object): object {
  return { type: 'RECORD', stream, record: value, time_extracted: '2026-11-23T10:00:00.000000Z' };
}

test('tap-hubspot: contacts and deals', async () => {
  const workspace = await open(makeHome());
  const contact = {
    id: '151',
    createdAt: '2026-02-01T10:00:00.000Z',
    updatedAt: '2026-02-09T10:00:00.000Z',
    archived: false,
    property_lifecyclestage: 'opportunity',
    property_phone: '+52 55',
    property_zone: 'Norte',
    property_hs_lifecyclestage_marketingqualifiedlead_date: '2026-02-02T10:00:00Z',
    property_hs_lifecyclestage_customer_date: null,
  };
  const text = (value: unknown) => ({
    value,
    timestamp: '2026-02-09T10:00:00.000000Z',
    source: 'CRM_UI',
    sourceId: 'u',
  });
  const deal = {
    portalId: 1,
    dealId: 9876543210,
    isDeleted: false,
    associations: { associatedVids: [151, 152], associatedCompanyIds: [] },
    property_dealstage: text('closedwon'),
    property_createdate: text('2026-02-03T10:00:00.000000Z'),
    property_closedate: text('2026-02-20T10:00:00.000000Z'),
    property_amount: text('1500.5'),
    property_deal_currency_code: text('USD'),
    property_hs_v2_date_entered_appointmentscheduled: text('2026-02-05T10:00:00.000000Z'),
    properties_versions: [],
  };
  const contacts = schema('contacts', ['id'], contact);
  const deals = schema('deals', ['dealId'], deal);
  const first = await load(workspace, [contacts, record('contacts', contact), deals, record('deals', deal)]);
  expect(first).toMatchObject({ faults: [], report: { accepted: 2, rejected: 0, unmapped: [] } });
  // 1,500.5 USD at 18.
  expect(await funnelOf(workspace)).toMatchObject({ lead: 1, qualified: 1, sale: 1, value: 27009 });
  const activities = await rowsOf(workspace, 'activity');
  expect(inOrder(activities.map((row) => row['type']))).toEqual([
    'appointment',
    'deal',
    'marketingqualifiedlead',
    'sale',
  ]);
  expect(await rowsOf(workspace, 'lead_version')).toMatchObject([
    { lead_id: 'hubspot:151', f_zone: 'Norte', f_phone: true },
  ]);

  const lost = {
    ...deal,
    property_dealstage: text('closedlost'),
    property_closed_lost_reason: text('price'),
  };
  const second = await load(workspace, [deals, record('deals', lost)]);
  expect(second.report).toMatchObject({ accepted: 1, withdrawn: 1 });
  expect(await funnelOf(workspace)).toMatchObject({ qualified: 1, sale: 0 });
  await load(workspace, [deals, record('deals', { ...lost, isDeleted: true })]);
  expect(await funnelOf(workspace)).toMatchObject({ lead: 1, qualified: 0 });
});

test('tap-salesforce: leads, their history and opportunities', async () => {
  const workspace = await open(makeHome());
  const lead = {
    Id: '00Q1',
    IsDeleted: false,
    CreatedDate: '2026-02-01T10:00:00.000000Z',
    SystemModstamp: '2026-02-02T10:00:00.000000Z',
    State: 'Sur',
    Phone: '55',
    IsConverted: true,
    ConvertedDate: '2026-02-10T00:00:00.000000Z',
    OwnerId: '005',
  };
  const won = {
    Id: '0061',
    IsDeleted: false,
    StageName: 'Closed Won',
    CreatedDate: '2026-02-10T10:00:00.000000Z',
    CloseDate: '2026-02-28T00:00:00.000000Z',
    IsClosed: true,
    IsWon: true,
    Amount: 900,
    Lead_Id__c: '00Q1',
    OwnerId: '005',
  };
  const change = {
    Id: '0171',
    LeadId: '00Q1',
    Field: 'Status',
    NewValue: 'Working',
    CreatedDate: '2026-02-03T10:00:00Z',
    IsDeleted: false,
  };
  const leads = schema('Lead', ['Id'], lead);
  const { report, faults, states } = await load(workspace, [
    { ...leads, bookmark_properties: ['SystemModstamp'] },
    { ...record('Lead', lead), version: 1763892000000 },
    { ...record('Lead', { ...lead, Id: '00Q2' }), version: 1763892000000 },
    schema('LeadHistory', ['Id'], change),
    record('LeadHistory', change),
    schema('Opportunity', ['Id'], won),
    record('Opportunity', won),
    record('Opportunity', { ...won, Id: '0062', Lead_Id__c: null }),
    { type: 'ACTIVATE_VERSION', stream: 'Lead', version: 1763892000000 },
    { type: 'STATE', value: { bookmarks: { Lead: { version: 1763892000000 } } } },
  ]);
  expect({ faults, states }).toEqual({
    faults: [],
    states: ['{"bookmarks":{"Lead":{"version":1763892000000}}}'],
  });
  // The other opportunity is nobody's yet.
  expect(report).toMatchObject({ rowsRead: 5, accepted: 5, rejected: 0 });
  expect(await funnelOf(workspace)).toMatchObject({ lead: 2, sale: 1, value: 900 });
  expect(await workspace.identity()).toMatchObject({ ids: 3, alone: 2, waiting: 1 });
  const activities = await rowsOf(workspace, 'activity');
  expect(inOrder(activities.map(({ type, outcome }) => [type, outcome]))).toEqual([
    ['Status', 'Working'],
    ['converted', null],
    ['converted', null],
    ['opportunity', 'Closed Won'],
    ['opportunity', 'Closed Won'],
    ['sale', null],
    ['sale', null],
  ]);
  await load(workspace, [leads, record('Lead', { ...lead, Id: '00Q2', IsDeleted: true })]);
  expect(await funnelOf(workspace)).toMatchObject({ lead: 1 });
});

test('tap-salesforce: opportunities by the contact or the conversion of their lead, and the lead by its form', async () => {
  const workspace = await open(
    makeHome({
      'mappings/form.yaml':
        'source: form\nmatch: { stream: form }\nrecords: [{ kind: leads, columns: { lead_id: id, created_at: at, phone: phone } }]\n',
    }),
  );
  const form = { id: 'F1', at: '2026-02-01T09:59:00Z', phone: '+52 55 1234 5671' };
  const lead = {
    Id: '00QA000000aaaaaAAA',
    IsDeleted: false,
    CreatedDate: '2026-02-01T10:00:00.000000Z',
    Phone: '5512345671',
    IsConverted: true,
    ConvertedDate: '2026-02-10T00:00:00.000000Z',
    ConvertedContactId: '003A000000bbbbbAAA',
    ConvertedOpportunityId: '006A000000cccccAAA',
  };
  const won = (Id: string, ContactId: string | null, Amount: number) => ({
    Id,
    IsDeleted: false,
    StageName: 'Closed Won',
    CreatedDate: '2026-02-10T10:00:00.000000Z',
    CloseDate: '2026-02-28T00:00:00.000000Z',
    IsClosed: true,
    IsWon: true,
    Amount,
    ContactId,
  });
  const first = won('006A000000cccccAAA', null, 900);
  await load(workspace, [
    schema('Opportunity', ['Id'], first),
    record('Opportunity', first),
    record('Opportunity', won('006A000000dddddAAA', '003A000000bbbbbAAA', 80)),
    schema('Lead', ['Id'], lead),
    record('Lead', lead),
    schema('form', ['id'], form),
    record('form', form),
  ]);
  expect(await funnelOf(workspace)).toMatchObject({ lead: 1, sale: 1, value: 980 });
  expect((await workspace.identity()).joined).toEqual({ phone: 3 });

  // A lead whose phone is another's joins the form's no more.
  await load(workspace, [schema('Lead', ['Id'], lead), record('Lead', { ...lead, Phone: '5512345679' })]);
  expect(await funnelOf(workspace)).toMatchObject({ lead: 2, value: 980 });
  expect((await workspace.identity()).joined).toEqual({ crm_id: 2 });
  // Nor do its opportunities follow it once it is deleted.
  await load(workspace, [schema('Lead', ['Id'], lead), record('Lead', { ...lead, IsDeleted: true })]);
  expect(await funnelOf(workspace)).toMatchObject({ lead: 1, sale: 0 });
  expect(await workspace.identity()).toMatchObject({ ids: 2, joined: {}, waiting: 2 });
});

test('tap-facebook: a day that is read again replaces the day, renamed and dropped ads with it', async () => {
  const workspace = await open(makeHome());
  const row = (ad: string, name: string, day: string, clicks: number, more: object = {}) => ({
    account_id: '7',
    account_name: 'Clinic',
    campaign_id: '1',
    campaign_name: 'Spring',
    adset_id: '2',
    adset_name: 'All',
    ad_id: ad,
    ad_name: name,
    date_start: `${day}T00:00:00.000000Z`,
    date_stop: `${day}T00:00:00.000000Z`,
    impressions: 100,
    clicks,
    spend: 12.5,
    actions: [
      { action_type: 'link_click', value: 9, '7d_click': 9 },
      { action_type: 'onsite_conversion.lead_grouped', value: 1 },
      { action_type: 'lead', value: 3, '1d_click': 2 },
    ],
    ...more,
  });
  const insights = schema(
    'ads_insights',
    ['campaign_id', 'adset_id', 'ad_id', 'date_start'],
    row('a', 'A', '2026-02-01', 1),
  );
  const say = (...rows: readonly object[]) => [insights, ...rows.map((each) => record('ads_insights', each))];
  await load(
    workspace,
    say(row('a', 'A', '2026-02-01', 10), row('b', 'B', '2026-02-01', 20), row('a', 'A', '2026-02-02', 5)),
  );
  expect(await funnelOf(workspace)).toMatchObject({ click: 35 });
  expect(await rowsOf(workspace, 'ad_metric')).toMatchObject([
    { leads: 3, day: '2026-02-01', spend: 12.5 },
    {},
    {},
  ]);
  const { as_of: before } = await workspace.status();
  // Renamed; gone; and the second day not read again.
  const { report } = await load(
    workspace,
    say(row('a', 'A+', '2026-02-01', 11), row('c', 'C', '2026-02-01', 2)),
  );
  expect(report).toMatchObject({ accepted: 2, withdrawn: 2 });
  expect(await funnelOf(workspace)).toMatchObject({ click: 18 });
  expect(await funnelOf(workspace, { as_of: before })).toMatchObject({ click: 35 });
  // Read once more, nothing changes.
  const again = await load(workspace, say(row('a', 'A+', '2026-02-01', 11), row('c', 'C', '2026-02-01', 2)));
  expect(again.report).toMatchObject({ accepted: 0, unchanged: 2, withdrawn: 0 });
});

test('tap-google-ads: micros, and a renamed campaign is none twice', async () => {
  const workspace = await open(makeHome());
  const row = (name: string, hash: string, customer = '111') => ({
    _sdc_record_hash: hash,
    campaign_id: 5,
    campaign_name: name,
    customer_id: customer,
    customer_currency_code: 'USD',
    customer_time_zone: 'America/Mexico_City',
    date: '2026-02-01T00:00:00.000000Z',
    impressions: 1000,
    clicks: 40,
    cost_micros: 12345678,
    conversions: 1.5,
  });
  const stream = 'campaign_performance_report';
  const report = schema(stream, ['_sdc_record_hash'], row('', ''));
  const say = (...rows: readonly object[]) => [report, ...rows.map((each) => record(stream, each))];
  await load(workspace, say(row('Old', 'h1'), row('Old', 'h2', '222')));
  await load(workspace, say(row('New', 'h3')));
  expect(await funnelOf(workspace)).toMatchObject({ click: 80 });
  const standing = (await rowsOf(workspace, 'ad_metric')).filter((each) => each['withdrawn_at'] === null);
  expect(
    standing.map((each) => [each['account'], each['campaign'], each['original_spend'], each['spend']]),
  ).toEqual([
    ['111', 'New', 12.3457, 222.2226],
    ['222', 'Old', 12.3457, 222.2226],
  ]);
});

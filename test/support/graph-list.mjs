/** Lists user statuses with every option that the client has a method for. */
import { failureOf, print, statuses } from './graph-session.mjs';

async function idsOf(request) {
  const { value } = await request.get();
  return value.map(({ id }) => id);
}

for (const row of JSON.parse(process.env.ROWS)) await statuses().post(row);

const first = await statuses().top(2).orderby('devicesCount desc').count(true).get();
const token = new URL(first['@odata.nextLink']).searchParams.get('$skiptoken');

print({
  all: await idsOf(statuses()),
  filtered: await idsOf(statuses().filter("status eq 'compliant' and devicesCount gt 1")),
  filteredByEnum: await idsOf(
    statuses().filter("status has microsoft.graph.complianceStatus'conflict'"),
  ),
  filteredByNull: await idsOf(statuses().filter('userDisplayName eq null')),
  filteredByName: await idsOf(statuses().filter("contains(userDisplayName,'O''Neill')")),
  filteredByEncodedName: await idsOf(
    statuses().filter(`userDisplayName eq '${encodeURIComponent('Lee & Ko + 100% #1')}'`),
  ),
  // The client leaves `+` as it is.
  filteredByTime: await idsOf(
    statuses().filter('lastReportedDateTime gt 2026-01-01T01:00:00+01:00'),
  ),
  ordered: await idsOf(statuses().orderby('devicesCount desc').orderby('userPrincipalName')),
  orderedByList: await idsOf(statuses().orderby(['status', 'id desc'])),
  skipped: await idsOf(statuses().skip(3)),
  searched: await idsOf(
    statuses().header('ConsistencyLevel', 'eventual').search('"Lee" OR "wilber"').count(true),
  ),
  byQueryText: await idsOf(statuses().query("$filter=startswith(id,'b')&$top=1")),
  byQueryObject: await idsOf(statuses().query({ $top: 1, $skip: 1, tracking: 'mine' })),
  selected: (await statuses().select('id').select('status').top(1).get()).value,
  first,
  second: await statuses().top(2).orderby('devicesCount desc').count(true).skipToken(token).get(),
  preferred: (await statuses().header('Prefer', 'odata.maxpagesize=3').get()).value.length,
  counted: await statuses('/$count').get(),
  countedByFilter: await statuses('/$count').filter("status eq 'compliant'").get(),
  countedBySearch: await statuses('/$count')
    .header('ConsistencyLevel', 'eventual')
    .search('lee')
    .get(),
  expanded: await failureOf(statuses().expand('deviceConfiguration').get()),
  backwards: await failureOf(statuses().skip(-1).get()),
  unknownProperty: await failureOf(statuses().filter("name eq 'x'").get()),
  foreignToken: await failureOf(statuses().filter("status eq 'error'").skipToken(token).get()),
});
